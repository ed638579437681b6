using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rtc.Analysis.Records;

/// <summary>
/// What of a frame serves only to make tracks, and is dropped after that: boxes too faint to be reported, how far the camera moved
/// everything since the last frame, and the looks of all boxes, those reported first (<see cref="Tracking.ColourLook"/>).
/// </summary>
internal sealed record TrackHints(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FoundObject>? Faint = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double CameraX = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double CameraY = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Looks = null)
{
    private static readonly TrackHints s_none = new();

    /// <summary>Null where there is nothing to keep.</summary>
    public string? Write() => this == s_none ? null : JsonSerializer.Serialize(this, HintJson.Default.TrackHints);

    /// <summary>Of a frame's row; one of an earlier version has the faint boxes alone.</summary>
    public static TrackHints Read(string? json) => json is null ? s_none
        : json.StartsWith('[') ? new TrackHints(AnalysisJson.ReadObjects(json))
        : JsonSerializer.Deserialize(json, HintJson.Default.TrackHints)!;
}

/// <summary>How a frame's row holds them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TrackHints))]
internal sealed partial class HintJson : JsonSerializerContext;
