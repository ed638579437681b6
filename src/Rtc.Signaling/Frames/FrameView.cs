using System.Text.Json;

namespace Rtc.Signaling.Frames;

/// <summary>How one client wants to be shown what was found; immutable, replaced whole by <c>update_viz</c>.</summary>
public sealed record FrameView
{
    private const int MaxNames = 256;
    private const int MaxNameLength = 64;

    private static readonly string[] s_modes = ["filled", "contour", "side-by-side", "blend"];
    private static readonly string[] s_maps = ["voc", "ade20k", "cityscapes", "custom"];

    /// <summary>0 to 1.</summary>
    public float Opacity { get; init; } = 0.6f;

    /// <summary>filled, contour, side-by-side or blend.</summary>
    public string Mode { get; init; } = s_modes[0];

    /// <summary>Labels to show; null for all.</summary>
    public IReadOnlySet<string>? ClassFilter { get; init; }

    /// <summary>voc, ade20k, cityscapes or custom; null for the one that belongs to the model's classes.</summary>
    public string? Colormap { get; init; }

    /// <summary>Colours as #rrggbb by label; the rest keeps the model's own.</summary>
    public IReadOnlyDictionary<string, string> CustomColormap { get; init; } = new Dictionary<string, string>();

    /// <summary>The picture with the overlay drawn in, instead of a mask.</summary>
    public bool WantsPicture { get; init; }

    /// <summary>The picture as JPEG instead of PNG.</summary>
    public bool WantsJpeg { get; init; }

    /// <summary>Each setting may be missing; one that is bad changes nothing at all.</summary>
    public static bool TryChange(FrameView current, JsonElement settings, out FrameView changed, out FrameError? error)
    {
        ArgumentNullException.ThrowIfNull(current);
        changed = current;
        error = null;
        foreach (JsonProperty setting in settings.EnumerateObject())
        {
            (changed, error) = setting.Name switch
            {
                "overlay_opacity" => setting.Value.ValueKind == JsonValueKind.Number && setting.Value.TryGetSingle(out float opacity)
                    && opacity is >= 0 and <= 1
                    ? (changed with { Opacity = opacity }, null)
                    : (changed, FrameError.BadSetting(setting.Name, "a number from 0 to 1")),
                "visualization_mode" => OneOf(setting.Value, s_modes) is { } mode
                    ? (changed with { Mode = mode }, null)
                    : (changed, FrameError.BadSetting(setting.Name, "one of " + string.Join(", ", s_modes))),
                "class_filter" => TryNames(setting.Value, out IReadOnlySet<string>? names)
                    ? (changed with { ClassFilter = names }, null)
                    : (changed, FrameError.BadSetting(setting.Name, $"null or a list of at most {MaxNames} labels")),
                "colormap" => OneOf(setting.Value, s_maps) is { } map
                    ? (changed with { Colormap = map }, null)
                    : (changed, FrameError.BadSetting(setting.Name, "one of " + string.Join(", ", s_maps))),
                "custom_colormap" => TryColours(setting.Value, out IReadOnlyDictionary<string, string>? colours)
                    ? (changed with { CustomColormap = colours! }, null)
                    : (changed, FrameError.BadSetting(setting.Name, $"an object of at most {MaxNames} labels with colours like #ff8000")),
                "output" => OneOf(setting.Value, ["mask", "picture"]) is { } output
                    ? (changed with { WantsPicture = output == "picture" }, null)
                    : (changed, FrameError.BadSetting(setting.Name, "mask or picture")),
                "format" => OneOf(setting.Value, ["png", "jpeg"]) is { } format
                    ? (changed with { WantsJpeg = format == "jpeg" }, null)
                    : (changed, FrameError.BadSetting(setting.Name, "png or jpeg")),
                _ => (changed, null),
            };
            if (error is not null)
            {
                changed = current;
                return false;
            }
        }

        return true;
    }

    private static string? OneOf(JsonElement value, string[] known) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { } text && known.Contains(text) ? text : null;

    private static bool TryNames(JsonElement value, out IReadOnlySet<string>? names)
    {
        names = null;
        if (value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxNames
            || value.EnumerateArray()
                .Any(name => name.ValueKind != JsonValueKind.String || name.GetString() is not { Length: > 0 and <= MaxNameLength }))
        {
            return false;
        }

        names = value.EnumerateArray().Select(name => name.GetString()!).ToHashSet();
        return true;
    }

    private static bool TryColours(JsonElement value, out IReadOnlyDictionary<string, string>? colours)
    {
        colours = null;
        if (value.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var found = new Dictionary<string, string>();
        foreach (JsonProperty colour in value.EnumerateObject())
        {
            if (found.Count == MaxNames || colour.Name.Length is 0 or > MaxNameLength || colour.Value.ValueKind != JsonValueKind.String
                || !IsColour(colour.Value.GetString()!))
            {
                return false;
            }

            found[colour.Name] = colour.Value.GetString()!;
        }

        colours = found;
        return true;
    }

    private static bool IsColour(string text) => text.Length == 7 && text[0] == '#' && text.AsSpan(1).IndexOfAnyExcept(s_hexDigits) < 0;

    private static readonly System.Buffers.SearchValues<char> s_hexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
