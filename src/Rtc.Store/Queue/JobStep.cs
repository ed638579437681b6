using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rtc.Store.Queue;

/// <summary>One step of a job as its user sees it: pending, processing, complete or error.</summary>
public sealed record JobStep(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("label")] string Label,
    [property: JsonPropertyName("status")] string Status = JobStep.Pending,
    [property: JsonPropertyName("seconds")] double Seconds = 0)
{
    public const string Pending = "pending";
    public const string Processing = "processing";
    public const string Complete = "complete";
    public const string Error = "error";

    internal static string Write(IReadOnlyList<JobStep> steps) => JsonSerializer.Serialize(steps, StoreJson.Default.IReadOnlyListJobStep);

    internal static IReadOnlyList<JobStep> Read(string json) => JsonSerializer.Deserialize(json, StoreJson.Default.IReadOnlyListJobStep)!;
}

/// <summary>How rows hold what is no column of its own.</summary>
[JsonSerializable(typeof(IReadOnlyList<JobStep>))]
internal sealed partial class StoreJson : JsonSerializerContext;
