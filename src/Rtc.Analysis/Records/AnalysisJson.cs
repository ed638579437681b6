using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rtc.Analysis.Records;

/// <summary>How results are written, in rows and in files alike.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<FoundObject>))]
[JsonSerializable(typeof(IReadOnlyList<TrackPoint>))]
[JsonSerializable(typeof(FrameRecord))]
[JsonSerializable(typeof(MaskRecord))]
[JsonSerializable(typeof(TrackRecord))]
[JsonSerializable(typeof(SceneRecord))]
[JsonSerializable(typeof(SceneAnalysis))]
[JsonSerializable(typeof(AnalysisSummary))]
public sealed partial class AnalysisJson : JsonSerializerContext
{
    internal static string Write(IReadOnlyList<FoundObject> objects) =>
        JsonSerializer.Serialize(objects, Default.IReadOnlyListFoundObject);

    internal static IReadOnlyList<FoundObject> ReadObjects(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, Default.IReadOnlyListFoundObject)!;
}
