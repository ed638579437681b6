namespace Rtc.Peer.Sdp;

/// <summary>Walks the lines of a description. CRLF is the rule (RFC 8866 section 5), LF and CR alone are taken too.</summary>
internal ref struct SdpLines(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>Number of the current line, counted from one, empty lines included.</summary>
    public int Number { get; private set; }

    /// <summary>The letter before the equals sign; 0 when the line isn't of the form x=value.</summary>
    public char Type { get; private set; }

    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>The next line that isn't empty.</summary>
    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            int end = _rest.IndexOfAny('\r', '\n');
            ReadOnlySpan<char> line = end < 0 ? _rest : _rest[..end];
            int next = end < 0 ? _rest.Length : end + 1;
            if (end >= 0 && _rest[end] == '\r' && next < _rest.Length && _rest[next] == '\n')
            {
                next++;
            }

            _rest = _rest[next..];
            Number++;
            line = line.TrimEnd(" \t");
            if (line.IsEmpty)
            {
                continue;
            }

            bool wellFormed = line.Length >= 2 && line[1] == '=' && char.IsAsciiLetter(line[0]);
            Type = wellFormed ? line[0] : '\0';
            Value = wellFormed ? line[2..] : default;
            return true;
        }

        return false;
    }
}
