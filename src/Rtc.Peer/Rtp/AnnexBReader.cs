namespace Rtc.Peer.Rtp;

/// <summary>Walks the NAL units of an Annex B byte stream (ITU-T H.264 annex B), three- and four-byte start codes alike.</summary>
internal ref struct AnnexBReader
{
    private readonly ReadOnlySpan<byte> _stream;
    private int _position;

    /// <param name="stream">The byte stream.</param>
    /// <param name="startsInUnit">The stream begins with a unit's first byte, not with a start code.</param>
    public AnnexBReader(ReadOnlySpan<byte> stream, bool startsInUnit = false)
    {
        _stream = stream;
        if (!startsInUnit)
        {
            int at = NextStartCode(stream, 0, out int length);
            _position = at < 0 ? stream.Length : at + length;
        }
    }

    public bool TryRead(out int offset, out int length)
    {
        while (_position < _stream.Length)
        {
            offset = _position;
            int next = NextStartCode(_stream, offset, out int codeLength);
            int end = next < 0 ? _stream.Length : next;
            _position = next < 0 ? _stream.Length : next + codeLength;

            // trailing_zero_8bits belong to no unit.
            while (end > offset && _stream[end - 1] == 0)
            {
                end--;
            }

            if (end > offset)
            {
                length = end - offset;
                return true;
            }
        }

        offset = 0;
        length = 0;
        return false;
    }

    private static int NextStartCode(ReadOnlySpan<byte> stream, int from, out int length)
    {
        int at = stream[from..].IndexOf([(byte)0, (byte)0, (byte)1]);
        if (at < 0)
        {
            length = 0;
            return -1;
        }

        at += from;
        length = 3;
        if (at > from && stream[at - 1] == 0)
        {
            at--;
            length = 4;
        }

        return at;
    }
}
