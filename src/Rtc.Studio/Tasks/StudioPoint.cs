using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rtc.Studio.Tasks;

/// <summary>A further click in the picture of the first: more of the object, or what is none of it.</summary>
public sealed record StudioPoint
{
    /// <summary>Per cent of the picture's width, 0 to 100.</summary>
    [JsonPropertyName("x")]
    public required double X { get; init; }

    /// <summary>Per cent of the picture's height.</summary>
    [JsonPropertyName("y")]
    public required double Y { get; init; }

    /// <summary>What is there is none of the object.</summary>
    [JsonPropertyName("subtract")]
    public bool Subtract { get; init; }

    /// <summary>Null where the text is no list of points.</summary>
    public static IReadOnlyList<StudioPoint>? ReadList(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<StudioPoint[]>(json) is { } points && points.All(IsPlace) ? points : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A number beyond a double is read as infinity, and could not be written into the job again.</summary>
    private static bool IsPlace(StudioPoint? point) => point is not null && double.IsFinite(point.X) && double.IsFinite(point.Y);
}
