using Orleans.Concurrency;

namespace Rtc.Cluster.Nodes;

/// <summary>
/// How other nodes call one: an object on that very node, not a grain, which might be anywhere. No call waits for another: an answer may
/// take as long as a recording is ended, and a node that was silent for as long would be taken for dead.
/// </summary>
internal interface INodeLink : IGrainObserver
{
    /// <summary>The incarnation, which proves that this run of the node lives.</summary>
    [AlwaysInterleave]
    Task<string> PingAsync();

    /// <summary>Takes no new rooms and hands over what it has.</summary>
    [AlwaysInterleave]
    Task DrainAsync();

    /// <summary>A question about one of its rooms, answered with JSON; null where it has no answer.</summary>
    [AlwaysInterleave]
    [ResponseTimeout("00:01:00")]
    Task<string?> AskAsync(NodeQuestion question);
}

/// <summary>What one node asks another; both are of this program, so neither part comes from a client unchecked.</summary>
[GenerateSerializer]
public sealed record NodeQuestion([property: Id(0)] string Kind, [property: Id(1)] string Room, [property: Id(2)] string? Body = null);

/// <summary>A node's report, and the way to it.</summary>
[GenerateSerializer]
internal sealed record NodeCard([property: Id(0)] NodeReport Report, [property: Id(1)] INodeLink Link);
