using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rtc.Studio.Tasks;

/// <summary>Where a tracker saw the object, in per cent of the picture.</summary>
public sealed record StudioBox
{
    private const double Whole = 100;

    [JsonPropertyName("xmin")]
    public required double Left { get; init; }

    [JsonPropertyName("ymin")]
    public required double Top { get; init; }

    [JsonPropertyName("xmax")]
    public required double Right { get; init; }

    [JsonPropertyName("ymax")]
    public required double Bottom { get; init; }

    /// <summary>Something of the picture is in it.</summary>
    internal bool IsValid => Left >= 0 && Right <= Whole && Left < Right && Top >= 0 && Bottom <= Whole && Top < Bottom;

    /// <summary>Null where the text is no box.</summary>
    public static StudioBox? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<StudioBox>(json) is { } box
                && Array.TrueForAll([box.Left, box.Top, box.Right, box.Bottom], double.IsFinite) ? box : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
