using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Rtc.Signaling.Messages;

/// <summary>
/// What a client that detects itself reports of one picture. Every field is checked before anything of the message is kept; what it
/// says of rooms, sizes and times is the server's to know and is not read.
/// </summary>
public sealed record ReportedDetections
{
    public const int MaxObjects = 100;
    public const int MaxLabelLength = 64;

    /// <summary>The longer side of a mask, as the server's own have it.</summary>
    public const int MaxMaskSide = 160;

    /// <summary>Runs of a mask; an outline that is no noise has a few hundred.</summary>
    public const int MaxMaskRuns = 4096;

    private const double MaxMilliseconds = 60_000;

    private static readonly string[] s_providers = ["wasm", "webgpu", "embedded", "webnn", "cpu"];

    /// <summary>Of the picture, as its camera stamped it.</summary>
    public required uint RtpTimestamp { get; init; }

    public required string Model { get; init; }

    public required string Provider { get; init; }

    public required IReadOnlyList<DetectionMessage> Detections { get; init; }

    public MaskMessage? Mask { get; init; }

    public TimingsMessage Timings { get; init; } = new(0, 0, 0, 0);

    public static bool TryRead(
        JsonElement root, [NotNullWhen(true)] out ReportedDetections? report, [NotNullWhen(false)] out string? problem)
    {
        report = null;
        try
        {
            problem = Read(root, out report);
        }
        catch (InvalidOperationException)
        {
            // A string that is no text: half of a surrogate pair.
            problem = "A string holds what is no text.";
        }

        return report is not null;
    }

    private static string? Read(JsonElement root, out ReportedDetections? report)
    {
        report = null;
        if (root.ValueKind != JsonValueKind.Object)
        {
            return "\"detections\" is an object.";
        }

        if (root.TryGetProperty("source", out JsonElement source)
            && (source.ValueKind != JsonValueKind.String || source.GetString() != "browser"))
        {
            return "\"source\" of what a client detected is \"browser\".";
        }

        if (!root.TryGetProperty("rtp_timestamp", out JsonElement stamp)
            || stamp.ValueKind != JsonValueKind.Number
            || !stamp.TryGetUInt32(out uint timestamp))
        {
            return "\"rtp_timestamp\" has to be the picture's: a whole number of 32 bits.";
        }

        if (!TryReadWord(root, "model", "model", out string model))
        {
            return $"\"model\" has to be a name of at most {MaxLabelLength} letters, digits and -_.'/&+(), signs.";
        }

        if (!TryReadWord(root, "provider", "wasm", out string provider) || !s_providers.Contains(provider))
        {
            return $"\"provider\" has to be one of {string.Join(", ", s_providers)}.";
        }

        if (ReadObjects(root, out DetectionMessage[] detections) is { } badObject)
        {
            return badObject;
        }

        if (ReadMask(root, detections, out MaskMessage? mask) is { } badMask)
        {
            return badMask;
        }

        report = new ReportedDetections
        {
            RtpTimestamp = timestamp,
            Model = model,
            Provider = provider,
            Detections = detections,
            Mask = mask,
            Timings = ReadTimings(root),
        };
        return null;
    }

    private static string? ReadObjects(JsonElement root, out DetectionMessage[] detections)
    {
        detections = [];
        if (!root.TryGetProperty("detections", out JsonElement list)
            || list.ValueKind != JsonValueKind.Array
            || list.GetArrayLength() > MaxObjects)
        {
            return $"\"detections\" has to be a list of at most {MaxObjects} objects.";
        }

        detections = new DetectionMessage[list.GetArrayLength()];
        var ids = new HashSet<int>(detections.Length);
        int count = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (ReadObject(item, out detections[count]) is { } problem)
            {
                return problem;
            }

            if (!ids.Add(detections[count].TrackId))
            {
                return "Each \"track_id\" of a picture is another one.";
            }

            count++;
        }

        return null;
    }

    private static string? ReadObject(JsonElement item, out DetectionMessage detection)
    {
        detection = null!;
        if (item.ValueKind != JsonValueKind.Object
            || !item.TryGetProperty("track_id", out JsonElement id)
            || id.ValueKind != JsonValueKind.Number
            || !id.TryGetInt32(out int trackId)
            || trackId < 1)
        {
            return "\"track_id\" has to be a whole number from 1.";
        }

        if (!item.TryGetProperty("label", out _) || !TryReadWord(item, "label", "", out string label))
        {
            return $"\"label\" has to be a class: at most {MaxLabelLength} letters, digits and -_.'/&+(), signs.";
        }

        if (!TryReadShare(item, "score", out float score)
            || !TryReadShare(item, "xmin", out float left)
            || !TryReadShare(item, "ymin", out float top)
            || !TryReadShare(item, "xmax", out float right)
            || !TryReadShare(item, "ymax", out float bottom))
        {
            return "\"score\" and the box's \"xmin\", \"ymin\", \"xmax\" and \"ymax\" have to be numbers from 0 to 1.";
        }

        if (!(left < right && top < bottom))
        {
            return "A box has its \"xmin\" left of its \"xmax\" and its \"ymin\" above its \"ymax\".";
        }

        bool predicted = false;
        if (item.TryGetProperty("predicted", out JsonElement told))
        {
            if (told.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return "\"predicted\" is true or false.";
            }

            predicted = told.GetBoolean();
        }

        detection = new DetectionMessage(trackId, label, score, left, top, right, bottom, predicted);
        return null;
    }

    private static string? ReadMask(JsonElement root, DetectionMessage[] detections, out MaskMessage? mask)
    {
        mask = null;
        if (!root.TryGetProperty("mask", out JsonElement told) || told.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (told.ValueKind != JsonValueKind.Object
            || !TryReadCount(told, "track_id", int.MaxValue, out int trackId)
            || !detections.Any(one => one.TrackId == trackId)
            || !TryReadCount(told, "width", MaxMaskSide, out int width)
            || !TryReadCount(told, "height", MaxMaskSide, out int height)
            || !told.TryGetProperty("rle", out JsonElement runs)
            || runs.ValueKind != JsonValueKind.Array
            || runs.GetArrayLength() > MaxMaskRuns)
        {
            return $"\"mask\" has to have the \"track_id\" of an object, sides up to {MaxMaskSide} and at most {MaxMaskRuns} runs.";
        }

        var lengths = new int[runs.GetArrayLength()];
        long covered = 0;
        int at = 0;
        foreach (JsonElement run in runs.EnumerateArray())
        {
            if (run.ValueKind != JsonValueKind.Number || !run.TryGetInt32(out int length) || length < 0)
            {
                return "\"rle\" has to hold lengths of runs.";
            }

            lengths[at++] = length;
            covered += length;
        }

        if (covered != width * height)
        {
            return "The runs of \"rle\" have to fill the mask.";
        }

        mask = new MaskMessage(trackId, width, height, lengths);
        return null;
    }

    /// <summary>What is not told, or is no time, is 0: nothing depends on it.</summary>
    private static TimingsMessage ReadTimings(JsonElement root)
    {
        if (!root.TryGetProperty("timings_ms", out JsonElement told) || told.ValueKind != JsonValueKind.Object)
        {
            return new TimingsMessage(0, 0, 0, 0);
        }

        double Time(string name) =>
            told.TryGetProperty(name, out JsonElement time)
            && time.ValueKind == JsonValueKind.Number
            && time.TryGetDouble(out double ms)
            && ms is >= 0 and <= MaxMilliseconds ? Math.Round(ms, 2) : 0;
        return new TimingsMessage(Time("queue"), Time("prepare") + Time("detect"), Time("track"), Time("mask"));
    }

    private static bool TryReadShare(JsonElement item, string name, out float share)
    {
        share = 0;
        return item.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetSingle(out share)
            && share is >= 0 and <= 1;
    }

    private static bool TryReadCount(JsonElement item, string name, int most, out int count)
    {
        count = 0;
        return item.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out count)
            && count >= 1
            && count <= most;
    }

    private static bool TryReadWord(JsonElement item, string name, string otherwise, out string word)
    {
        word = otherwise;
        if (!item.TryGetProperty(name, out JsonElement value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 and <= MaxLabelLength } told)
        {
            return false;
        }

        word = told;
        foreach (Rune rune in told.EnumerateRunes())
        {
            if (!Rune.IsLetterOrDigit(rune) && !" -_.'/&+(),".Contains(rune.ToString(), StringComparison.Ordinal))
            {
                return false;
            }
        }

        return told[0] != ' ' && told[^1] != ' ';
    }
}
