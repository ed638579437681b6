using System.Globalization;
using System.Text.Json;

namespace Rtc.Inference.Layouts;

/// <summary>What a model's class numbers mean: from its metadata, else COCO's or VOC's list of that length.</summary>
public static class ClassNames
{
    /// <summary>COCO's 80 classes, whose order most detectors share.</summary>
    public static IReadOnlyList<string> Coco { get; } =
    [
        "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
        "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
        "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
        "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
        "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple",
        "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
        "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone",
        "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear",
        "hair drier", "toothbrush",
    ];

    /// <summary>VOC's 20 classes behind a background.</summary>
    public static IReadOnlyList<string> Voc { get; } =
    [
        "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
        "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
    ];

    // The published ids run from 1 to 90 and leave these out.
    private static readonly HashSet<int> UnusedPaperIds = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83];

    private static readonly string[] MetadataKeys = ["names", "classes", "labels", "class_names"];

    /// <summary>COCO's names by the published ids of 0 to 90.</summary>
    internal static IReadOnlyList<string> CocoPaper { get; } = Paper();

    internal static IReadOnlyList<string> For(IReadOnlyDictionary<string, string> metadata, int count, bool paperIds)
    {
        foreach (string key in MetadataKeys)
        {
            if (metadata.TryGetValue(key, out string? text) && TryParse(text, out string[] names) && (count == 0 || names.Length >= count))
            {
                return names;
            }
        }

        return paperIds ? CocoPaper
            : count is 0 or 80 ? Coco
            : count == Voc.Count ? Voc
            : [.. Enumerable.Range(0, count).Select(i => $"class {i.ToString(CultureInfo.InvariantCulture)}")];
    }

    /// <summary>Reads {0: 'person', 1: …} as Python prints it, a JSON object or array, or names between commas.</summary>
    internal static bool TryParse(string text, out string[] names)
    {
        text = text.Trim();
        names = [];
        if (text.StartsWith('{') || text.StartsWith('['))
        {
            return TryParseJson(text, out names) || TryParsePython(text, out names);
        }

        names = text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length > 0;
    }

    private static bool TryParseJson(string text, out string[] names)
    {
        names = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Array)
            {
                names = [.. document.RootElement.EnumerateArray().Select(item => item.ToString())];
                return names.Length > 0;
            }

            SortedDictionary<int, string> byId = [];
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (int.TryParse(property.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                {
                    byId[id] = property.Value.ToString();
                }
            }

            return TryFill(byId, out names);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryParsePython(string text, out string[] names)
    {
        SortedDictionary<int, string> byId = [];
        int at = 1;
        int next = 0;
        while (at < text.Length)
        {
            int quote = text.AsSpan(at).IndexOfAny('\'', '"');
            if (quote < 0)
            {
                break;
            }

            // A number before the quote, as in a dictionary; none, as in a list.
            ReadOnlySpan<char> before = text.AsSpan(at, quote).Trim(" ,:");
            int id = int.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : next;
            int start = at + quote + 1;
            char mark = text[start - 1];
            int end = start;
            while (end < text.Length && text[end] != mark)
            {
                end += text[end] == '\\' ? 2 : 1;
            }

            if (end >= text.Length)
            {
                break;
            }

            byId[id] = text[start..end].Replace("\\'", "'", StringComparison.Ordinal);
            next = id + 1;
            at = end + 1;
        }

        return TryFill(byId, out names);
    }

    private static bool TryFill(SortedDictionary<int, string> byId, out string[] names)
    {
        const int maxClasses = 100_000;
        names = [];
        if (byId.Count == 0 || byId.Keys.Last() >= maxClasses)
        {
            return false;
        }

        names = new string[byId.Keys.Last() + 1];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = byId.TryGetValue(i, out string? name) ? name : $"class {i.ToString(CultureInfo.InvariantCulture)}";
        }

        return true;
    }

    private static string[] Paper()
    {
        string[] names = new string[91];
        int next = 0;
        for (int id = 0; id < names.Length; id++)
        {
            names[id] = id == 0 || UnusedPaperIds.Contains(id) ? $"class {id.ToString(CultureInfo.InvariantCulture)}" : Coco[next++];
        }

        return names;
    }
}
