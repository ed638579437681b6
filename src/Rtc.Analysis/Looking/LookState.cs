using System.Text.Json;
using System.Text.Json.Serialization;
using Rtc.Analysis.Scenes;

namespace Rtc.Analysis.Looking;

/// <summary>What a pass over the pictures needs to go on, and what it has come to in the end.</summary>
internal sealed record LookState(
    string Model, string Provider, string? MaskModel, string? Notice, long Pictures, long Frames, long Detections, long Masks,
    CutState Cuts)
{
    public string Write() => JsonSerializer.Serialize(this, LookJson.Default.LookState);

    public static LookState? Read(string? json) => json is null ? null : JsonSerializer.Deserialize(json, LookJson.Default.LookState);
}

/// <summary>How a row of progress holds it.</summary>
[JsonSerializable(typeof(LookState))]
internal sealed partial class LookJson : JsonSerializerContext;
