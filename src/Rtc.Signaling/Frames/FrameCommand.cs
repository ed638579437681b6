using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Rtc.Signaling.Frames;

public enum FrameCommandKind
{
    Init,
    Frame,
    ChangeMode,
    UpdateView,
}

/// <summary>
/// One text message of the frame socket. A bad one is an error, never an exception, and the bytes of a picture are decoded
/// where they lie.
/// </summary>
public readonly record struct FrameCommand
{
    private const int MaxModeLength = 32;

    public FrameCommandKind Kind { get; private init; }

    /// <summary>What the client wants; null where it leaves the choice.</summary>
    public string? ModelMode { get; private init; }

    /// <summary>What it means to send; 0 where it does not say.</summary>
    public int Width { get; private init; }

    public int Height { get; private init; }

    public double? Timestamp { get; private init; }

    /// <summary>Where in the message's own memory the picture stands now.</summary>
    public (int Start, int Length) Picture { get; private init; }

    /// <summary>The view after the change.</summary>
    public FrameView? View { get; private init; }

    /// <param name="utf8">The whole message, which may be written over.</param>
    /// <param name="view">The view before it.</param>
    /// <param name="command">What it asks for.</param>
    /// <param name="error">Why it asks for nothing.</param>
    public static bool TryParse(Memory<byte> utf8, FrameView view, out FrameCommand command, out FrameError? error)
    {
        command = default;
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("type", out JsonElement type)
                || type.ValueKind != JsonValueKind.String)
            {
                error = FrameError.BadMessage("A message is a JSON object with a \"type\".");
                return false;
            }

            error = type.GetString() switch
            {
                "init" => Init(root, out command),
                "frame" => Frame(root, utf8, out command),
                "change_mode" => ChangeMode(root, out command),
                "update_viz" => UpdateView(root, view, out command),
                _ => FrameError.BadMessage("\"type\" has to be init, frame, change_mode or update_viz."),
            };
            return error is null;
        }
        catch (JsonException)
        {
            error = FrameError.BadMessage("That is not JSON.");
            return false;
        }
        catch (InvalidOperationException)
        {
            // A string that is no text: half of a surrogate pair, or bytes that are no UTF-8.
            error = FrameError.BadMessage("A string holds what is no text.");
            return false;
        }
    }

    private static FrameError? Init(JsonElement root, out FrameCommand command)
    {
        command = new FrameCommand { Kind = FrameCommandKind.Init };
        if (!root.TryGetProperty("config", out JsonElement config) || config.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (config.ValueKind != JsonValueKind.Object)
        {
            return FrameError.BadMessage("\"config\" has to be an object.");
        }

        if (!TryMode(config, required: false, out string? mode, out FrameError? error))
        {
            return error;
        }

        (int width, int height) = (0, 0);
        if (config.TryGetProperty("resolution", out JsonElement size) && size.ValueKind != JsonValueKind.Null
            && !(size.ValueKind == JsonValueKind.Object && TrySide(size, "width", out width) && TrySide(size, "height", out height)))
        {
            return FrameError.BadSetting("resolution", "an object with \"width\" and \"height\", whole numbers above 0");
        }

        command = command with { ModelMode = mode, Width = width, Height = height };
        return null;
    }

    private static bool TrySide(JsonElement size, string name, out int value)
    {
        value = 0;
        return size.TryGetProperty(name, out JsonElement side) && side.ValueKind == JsonValueKind.Number && side.TryGetInt32(out value)
            && value > 0;
    }

    private static FrameError? ChangeMode(JsonElement root, out FrameCommand command)
    {
        command = default;
        if (!TryMode(root, required: true, out string? mode, out FrameError? error))
        {
            return error;
        }

        command = new FrameCommand { Kind = FrameCommandKind.ChangeMode, ModelMode = mode };
        return null;
    }

    private static FrameError? UpdateView(JsonElement root, FrameView view, out FrameCommand command)
    {
        command = default;
        if (!root.TryGetProperty("settings", out JsonElement settings) || settings.ValueKind != JsonValueKind.Object)
        {
            return FrameError.BadMessage("\"settings\" has to be an object.");
        }

        if (!FrameView.TryChange(view, settings, out FrameView changed, out FrameError? error))
        {
            return error;
        }

        command = new FrameCommand { Kind = FrameCommandKind.UpdateView, View = changed };
        return null;
    }

    private static FrameError? Frame(JsonElement root, Memory<byte> utf8, out FrameCommand command)
    {
        command = default;
        if (!root.TryGetProperty("data", out JsonElement data) || data.ValueKind != JsonValueKind.String)
        {
            return FrameError.BadMessage("\"data\" has to be a string: a JPEG picture in base64.");
        }

        double? timestamp = null;
        if (root.TryGetProperty("timestamp", out JsonElement time) && time.ValueKind != JsonValueKind.Null)
        {
            if (time.ValueKind != JsonValueKind.Number || !time.TryGetDouble(out double value) || !double.IsFinite(value))
            {
                return FrameError.BadMessage("\"timestamp\" has to be a number.");
            }

            timestamp = value;
        }

        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(data)[1..^1];
        raw.Overlaps(utf8.Span, out int before);
        Span<byte> text = utf8.Span.Slice(-before, raw.Length);
        int start = -before;
        if (text.Contains((byte)'\\'))
        {
            text = text[..Unescape(text)];
        }

        if (text.StartsWith("data:"u8))
        {
            int comma = text.IndexOf((byte)',');
            text = text[(comma + 1)..];
            start += comma + 1;
        }

        if (Base64.DecodeFromUtf8InPlace(text, out int length) != OperationStatus.Done || length == 0)
        {
            return FrameError.BadImage(text.IsEmpty ? "\"data\" is empty" : "\"data\" is not base64");
        }

        command = new FrameCommand { Kind = FrameCommandKind.Frame, Timestamp = timestamp, Picture = (start, length) };
        return null;
    }

    /// <summary>
    /// Writers escape what they like (RFC 8259 section 7): some the slash, .NET's the plus, others the equals sign or a line's end.
    /// Returns how much is left; what base64 has no letter for becomes one that it hasn't.
    /// </summary>
    private static int Unescape(Span<byte> text)
    {
        int length = 0;
        for (int at = 0; at < text.Length; at++)
        {
            byte letter = text[at];
            if (letter == '\\')
            {
                letter = text[++at];
                if (letter == 'u')
                {
                    letter = Ascii(text.Slice(at + 1, 4));
                    at += 4;
                }
                else if (letter is (byte)'n' or (byte)'r' or (byte)'t')
                {
                    letter = (byte)' ';
                }
                else if (letter is (byte)'b' or (byte)'f')
                {
                    letter = 0;
                }
            }

            text[length++] = letter;
        }

        return length;
    }

    /// <summary>Four hexadecimal digits; 0 for what is no ASCII.</summary>
    private static byte Ascii(ReadOnlySpan<byte> digits) =>
        ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code) && code < 0x80
            ? (byte)code
            : (byte)0;

    private static bool TryMode(JsonElement from, bool required, out string? mode, out FrameError? error)
    {
        (mode, error) = (null, null);
        bool missing = !from.TryGetProperty("model_mode", out JsonElement value) || value.ValueKind == JsonValueKind.Null;
        if (missing && !required)
        {
            return true;
        }

        if (missing || value.ValueKind != JsonValueKind.String || (mode = value.GetString()!).Length > MaxModeLength)
        {
            error = FrameError.BadMessage("\"model_mode\" has to be the name of a profile.");
            return false;
        }

        return true;
    }
}
