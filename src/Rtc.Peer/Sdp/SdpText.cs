using System.Globalization;

namespace Rtc.Peer.Sdp;

/// <summary>
/// The small words of SDP's grammar (RFC 8866 section 9): numbers without signs, tokens, fields between blanks.
/// What passes <see cref="IsToken"/> can be copied into a description of ours without opening a new line in it.
/// </summary>
internal static class SdpText
{
    private const string TokenPunctuation = "!#$%&'*+-.^_`{|}~";

    public static bool IsToken(ReadOnlySpan<char> text, int longest)
    {
        if (text.IsEmpty || text.Length > longest)
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !TokenPunctuation.Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Visible ASCII without blanks: values such as a canonical name or an msid.</summary>
    public static bool IsVisible(ReadOnlySpan<char> text, int longest)
    {
        if (text.IsEmpty || text.Length > longest)
        {
            return false;
        }

        foreach (char c in text)
        {
            if (c is <= ' ' or > '~')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>ice-char (RFC 8839 section 5.4): letters, digits, plus and slash; some peers also use - and _.</summary>
    public static bool IsIceText(ReadOnlySpan<char> text, int shortest, int longest)
    {
        if (text.Length < shortest || text.Length > longest)
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/' or '-' or '_' or '='))
            {
                return false;
            }
        }

        return true;
    }

    public static bool TryNumber(ReadOnlySpan<char> text, long largest, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= largest;

    public static bool TryByte(ReadOnlySpan<char> text, byte largest, out byte value)
    {
        bool read = TryNumber(text, largest, out long number);
        value = (byte)(read ? number : 0);
        return read;
    }

    public static bool TrySsrc(ReadOnlySpan<char> text, out uint value)
    {
        bool read = TryNumber(text, uint.MaxValue, out long number);
        value = (uint)(read ? number : 0);
        return read;
    }

    /// <summary>Takes the field before the next blank off the front of <paramref name="rest"/>.</summary>
    public static ReadOnlySpan<char> NextField(ref ReadOnlySpan<char> rest) => NextField(ref rest, ' ');

    public static ReadOnlySpan<char> NextField(ref ReadOnlySpan<char> rest, char separator)
    {
        rest = rest.TrimStart(separator);
        int end = rest.IndexOf(separator);
        ReadOnlySpan<char> field = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return field;
    }
}
