using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Rtc.Signaling;

/// <summary>
/// The name of a room: letters, digits, '-', '_' and '.', 1 to 64 of them, not beginning with a dot. Nothing
/// else gets in, so a name can stand in an address, a metric label or a log line as it is.
/// </summary>
public readonly record struct RoomName
{
    public const int MaxNameLength = 64;
    private const int MaxCameras = 9;

    /// <summary>What a name has to be, for whoever gave another.</summary>
    public const string Rule = "a room's name is 1 to 64 letters, digits, \"-\", \"_\" or \".\", and begins with no dot";

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private readonly string? _value;

    private RoomName(string value) => _value = value;

    public override string ToString() => _value ?? string.Empty;

    /// <summary>
    /// Further cameras of a room have rooms of their own, "demo.2" to "demo.9" beside "demo": the name without that end, where
    /// there is one.
    /// </summary>
    public static bool TryBase(string room, out string first)
    {
        bool isFurther = room.Length > 2 && room[^2] == '.' && room[^1] is >= '2' and <= '9';
        first = isFurther ? room[..^2] : room;
        return isFurther;
    }

    /// <summary>The names of all cameras that this one is of, itself among them, the first one first.</summary>
    public IEnumerable<RoomName> Cameras()
    {
        TryBase(ToString(), out string first);
        return Enumerable.Range(1, MaxCameras)
            .Select(number => TryParse(number == 1 ? first : $"{first}.{number}", out RoomName camera) ? camera : default)
            .Where(camera => camera != default);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out RoomName name)
    {
        bool valid = text is { Length: > 0 and <= MaxNameLength } && text[0] != '.' && !text.AsSpan().ContainsAnyExcept(s_allowed);
        name = valid ? new RoomName(text!) : default;
        return valid;
    }
}
