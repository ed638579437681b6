using System.Text.Json;
using System.Text.Json.Serialization;
using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Text;

namespace Rtc.Studio.Tasks;

/// <summary>What a task is asked for, as its job's options hold it.</summary>
public sealed record StudioRequest
{
    public const int MaxPoints = 32;

    private const double Whole = 100;

    /// <summary>Per cent of the picture's width, 0 to 100.</summary>
    [JsonPropertyName("x")]
    public double? X { get; init; }

    /// <summary>Per cent of the picture's height.</summary>
    [JsonPropertyName("y")]
    public double? Y { get; init; }

    [JsonPropertyName("frame_idx")]
    public int FrameIndex { get; init; }

    /// <summary>Further clicks in the same picture.</summary>
    [JsonPropertyName("points")]
    public IReadOnlyList<StudioPoint>? Points { get; init; }

    /// <summary>What a tracker saw there: the first click means all of it.</summary>
    [JsonPropertyName("box")]
    public StudioBox? Box { get; init; }

    /// <summary>What that tracker calls it; the result calls it the same.</summary>
    [JsonPropertyName("track_id")]
    public int? TrackId { get; init; }

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
        : Points?.Count > MaxPoints ? $"\"points\" has {MaxPoints} entries at most."
        : Points?.Any(point => point is not { X: >= 0 and <= Whole, Y: >= 0 and <= Whole }) == true
            ? "\"x\" and \"y\" of each of \"points\" lie between 0 and 100."
        : Box is { IsValid: false } ? "\"xmin\" to \"xmax\" and \"ymin\" to \"ymax\" of \"box\" lie between 0 and 100."
        : TrackId < 0 ? "\"track_id\" is the number of a track, from 0 on."
        : null;

    /// <summary>All clicks in the clip's pixels, the contracted one first.</summary>
    /// <exception cref="StudioException">The clip has no such picture.</exception>
    internal IReadOnlyList<ClickPoint> Clicks(ClipFrames frames)
    {
        if (FrameIndex >= frames.Count)
        {
            throw ClipFile.NoFrame(frames.Count);
        }

        return
        [
            At(X!.Value, Y!.Value, isTaken: false) with { Box = Scaled(Box) },
            .. (Points ?? []).Select(point => At(point.X, point.Y, point.Subtract)),
        ];

        RectF? Scaled(StudioBox? box) => box is null ? null : new RectF(
            (float)(box.Left / Whole * frames.Width), (float)(box.Top / Whole * frames.Height),
            (float)(box.Right / Whole * frames.Width), (float)(box.Bottom / Whole * frames.Height));

        // 100 per cent is the last pixel's far edge.
        ClickPoint At(double x, double y, bool isTaken) => new(
            Math.Min((float)(x / Whole * frames.Width), frames.Width - 0.5f),
            Math.Min((float)(y / Whole * frames.Height), frames.Height - 0.5f), isTaken);
    }

    /// <summary>Null where a prompt is given, else what is wrong.</summary>
    public string? CheckPrompt() =>
        string.IsNullOrWhiteSpace(Prompt) ? "\"prompt\" says what is looked for."
        : Prompt.Length > Text.Prompt.MaxLength ? $"\"prompt\" has {Text.Prompt.MaxLength} letters at most."
        : null;
}
