using System.Text.Json;
using System.Text.Json.Serialization;
using Rtc.Studio.Text;

namespace Rtc.Studio.Tasks;

/// <summary>What a task is asked for, as its job's options hold it.</summary>
public sealed record StudioRequest
{
    private const double Whole = 100;

    /// <summary>Per cent of the picture's width, 0 to 100.</summary>
    [JsonPropertyName("x")]
    public double? X { get; init; }

    /// <summary>Per cent of the picture's height.</summary>
    [JsonPropertyName("y")]
    public double? Y { get; init; }

    [JsonPropertyName("frame_idx")]
    public int FrameIndex { get; init; }

    [JsonPropertyName("prompt")]
    public string? Prompt { get; init; }

    public string Write() => JsonSerializer.Serialize(this);

    public static StudioRequest? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<StudioRequest>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null where a point is given, else what is wrong.</summary>
    public string? CheckPoint() =>
        X is not (>= 0 and <= Whole) ? "\"x\" lies between 0 and 100: per cent of the picture's width."
        : Y is not (>= 0 and <= Whole) ? "\"y\" lies between 0 and 100: per cent of the picture's height."
        : FrameIndex < 0 ? "\"frame_idx\" is the number of a picture, from 0 on."
        : null;

    /// <summary>Null where a prompt is given, else what is wrong.</summary>
    public string? CheckPrompt() =>
        string.IsNullOrWhiteSpace(Prompt) ? "\"prompt\" says what is looked for."
        : Prompt.Length > Text.Prompt.MaxLength ? $"\"prompt\" has {Text.Prompt.MaxLength} letters at most."
        : null;
}
