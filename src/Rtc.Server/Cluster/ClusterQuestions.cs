using System.Text.Json;

namespace Rtc.Server.Cluster;

/// <summary>What nodes ask each other, and how the answers are written.</summary>
internal static class ClusterQuestions
{
    /// <summary>A room as its owner's API shows it.</summary>
    public const string Room = "room";

    /// <summary>All rooms of a node, as its API shows them.</summary>
    public const string Rooms = "rooms";

    /// <summary>Whether the node has the room; no answer where it has not.</summary>
    public const string Holds = "holds";

    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
