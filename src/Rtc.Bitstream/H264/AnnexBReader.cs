namespace Rtc.Bitstream.H264;

/// <summary>Walks the NAL units of a byte stream (ITU-T H.264 annex B), three- and four-byte start codes alike.</summary>
public ref struct AnnexBReader
{
    private readonly ReadOnlySpan<byte> _stream;
    private int _next;

    /// <param name="stream">The byte stream.</param>
    /// <param name="startsInUnit">The stream begins with a unit's first byte, not with a start code.</param>
    public AnnexBReader(ReadOnlySpan<byte> stream, bool startsInUnit = false)
    {
        _stream = stream;
        _next = startsInUnit ? 0 : AfterStartCode(stream, 0, out _);
    }

    /// <summary>What goes before a unit; the three-byte code may stand in its place.</summary>
    public static ReadOnlySpan<byte> StartCode => [0, 0, 0, 1];

    /// <summary>The unit's bytes from its header on, at least one.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Where <see cref="Current"/> begins in the stream.</summary>
    public int Offset { get; private set; }

    public readonly int Type => NalType.Of(Current[0]);

    /// <summary>False at the end.</summary>
    public bool Read()
    {
        while (_next < _stream.Length)
        {
            Offset = _next;
            _next = AfterStartCode(_stream, Offset, out int end);

            // Zeros before a start code belong to it, and trailing_zero_8bits to no unit.
            Current = _stream[Offset..end].TrimEnd((byte)0);
            if (!Current.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first byte after the next start code, or the end.</summary>
    private static int AfterStartCode(ReadOnlySpan<byte> stream, int from, out int codeAt)
    {
        int found = stream[from..].IndexOf((ReadOnlySpan<byte>)[0, 0, 1]);
        codeAt = found < 0 ? stream.Length : from + found;
        return found < 0 ? stream.Length : codeAt + 3;
    }
}
