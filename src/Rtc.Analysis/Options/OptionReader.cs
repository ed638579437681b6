using System.Text.Json;
using Rtc.Media;

namespace Rtc.Analysis.Options;

/// <summary>Reads a job's options; a bad value is one sentence for who sent it, an unknown field is left alone.</summary>
internal static class OptionReader
{
    private const int MaxName = 200;
    private const int MaxNames = 200;

    private static readonly Dictionary<string, TrackerChoice> s_trackers = new()
    {
        ["auto"] = TrackerChoice.Auto,
        ["bytetrack"] = TrackerChoice.ByteTrack,
        ["botsort"] = TrackerChoice.BotSort,
    };

    private static readonly Dictionary<string, SceneMode> s_scenes = new()
    {
        ["cuts"] = SceneMode.Cuts,
        ["llm"] = SceneMode.LanguageModel,
        ["none"] = SceneMode.None,
    };

    public static string? Read(string json, out AnalyseOptions options)
    {
        options = new AnalyseOptions();
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            foreach (JsonProperty field in document.RootElement.EnumerateObject())
            {
                if (Apply(field.Name, field.Value, ref options) is { } error)
                {
                    return error;
                }
            }

            return null;
        }
        catch (JsonException)
        {
            return "The options are no JSON object.";
        }
    }

    private static string? Apply(string name, JsonElement value, ref AnalyseOptions options)
    {
        switch (name)
        {
            case "sample_every":
                if (!TryNumber(value, 1, 100_000, out double every) || every != Math.Floor(every))
                {
                    return "\"sample_every\" is a whole number from 1 on.";
                }

                options = options with { SampleEvery = (int)every };
                return null;
            case "min_object_size":
                options = options with { MinObjectSize = TryNumber(value, 0, 1e9, out double size) ? size : -1 };
                return options.MinObjectSize >= 0 ? null : "\"min_object_size\" is a number of pixels.";
            case "confidence":
                options = options with { Confidence = TryNumber(value, 0.01, 1, out double score) ? (float)score : 0 };
                return options.Confidence > 0 ? null : "\"confidence\" lies between 0.01 and 1.";
            case "nms":
                options = options with { Nms = TryNumber(value, 0.01, 1, out double nms) ? (float)nms : 0 };
                return options.Nms > 0 ? null : "\"nms\" lies between 0.01 and 1.";
            case "model":
                options = options with { Model = Text(value) ?? string.Empty };
                return options.Model.Length > 0 ? null : "\"model\" is a name.";
            case "mask_model":
                options = options with { MaskModel = Text(value) ?? string.Empty };
                return options.MaskModel.Length > 0 ? null : "\"mask_model\" is a name.";
            case "masks":
                options = options with { Masks = value.ValueKind == JsonValueKind.True };
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "\"masks\" is true or false.";
            case "track_buffer_seconds":
                options = options with { TrackBufferSeconds = TryNumber(value, 0, 3600, out double buffer) ? buffer : -1 };
                return options.TrackBufferSeconds >= 0 ? null : "\"track_buffer_seconds\" lies between 0 and 3600.";
            case "reid_buffer_seconds":
                options = options with { ReidBufferSeconds = TryNumber(value, 0, 3600, out double reid) ? reid : -1 };
                return options.ReidBufferSeconds >= 0 ? null : "\"reid_buffer_seconds\" lies between 0 and 3600.";
            case "tracker":
                if (!s_trackers.TryGetValue(Text(value) ?? string.Empty, out TrackerChoice tracker))
                {
                    return $"\"tracker\" is {OneOf(s_trackers.Keys)}.";
                }

                options = options with { Tracker = tracker };
                return null;
            case "scenes":
                if (!s_scenes.TryGetValue(Text(value) ?? string.Empty, out SceneMode scenes))
                {
                    return $"\"scenes\" is {OneOf(s_scenes.Keys)}.";
                }

                options = options with { Scenes = scenes };
                return null;
            case "label_map":
                return ApplyLabels(value, ref options);
            case "classes":
                return ApplyClasses(value, ref options);
            case "region":
                return ApplyRegion(value, ref options);
            default:
                return null;
        }
    }

    /// <summary>"a, b or c".</summary>
    private static string OneOf(IReadOnlyCollection<string> words) =>
        $"{string.Join(", ", words.Take(words.Count - 1))} or {words.Last()}";

    private static string? ApplyLabels(JsonElement value, ref AnalyseOptions options)
    {
        const string wrong = "\"label_map\" maps names of classes to others.";
        if (value.ValueKind != JsonValueKind.Object)
        {
            return wrong;
        }

        var labels = new Dictionary<string, string>();
        foreach (JsonProperty one in value.EnumerateObject())
        {
            if (Text(one.Value) is not { } other || one.Name.Length > MaxName || labels.Count == MaxNames)
            {
                return wrong;
            }

            labels[one.Name] = other;
        }

        options = options with { LabelMap = labels };
        return null;
    }

    private static string? ApplyClasses(JsonElement value, ref AnalyseOptions options)
    {
        string?[] names = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Take(MaxNames + 1).Select(Text)] : [null];
        if (names.Length > MaxNames || Array.Exists(names, name => name is null))
        {
            return "\"classes\" is a list of names.";
        }

        options = options with { Classes = names.OfType<string>().ToHashSet() };
        return null;
    }

    private static string? ApplyRegion(JsonElement value, ref AnalyseOptions options)
    {
        if (value.ValueKind == JsonValueKind.Object
            && TryField("x", out double x) && TryField("y", out double y) && TryField("width", out double width)
            && TryField("height", out double height) && width > 0 && height > 0)
        {
            options = options with { Region = new RectF((float)x, (float)y, (float)(x + width), (float)(y + height)) };
            return null;
        }

        return "\"region\" has x, y, width and height as fractions of the picture.";

        bool TryField(string name, out double number)
        {
            number = 0;
            return value.TryGetProperty(name, out JsonElement field) && TryNumber(field, 0, 1, out number);
        }
    }

    private static bool TryNumber(JsonElement value, double min, double max, out double number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number) && number >= min && number <= max;
    }

    private static string? Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxName } text ? text : null;
}
