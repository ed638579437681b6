namespace Rtc.Media.Codecs.H264;

/// <summary>The few kinds of NAL unit that matter here (H.264, table 7-1).</summary>
internal static class NalType
{
    public const int Slice = 1;
    public const int IdrSlice = 5;
    public const int Sei = 6;
    public const int Sps = 7;
    public const int Pps = 8;
    public const int Delimiter = 9;
}

/// <summary>Walks the NAL units of a byte stream with start codes (H.264, annex B).</summary>
internal ref struct NalReader(ReadOnlySpan<byte> stream)
{
    private readonly ReadOnlySpan<byte> _stream = stream;
    private int _at = Next(stream, 0);

    /// <summary>The unit's bytes from its header on, without start code.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly int Type => Current[0] & 31;

    public bool Read()
    {
        while (_at < _stream.Length)
        {
            int next = Next(_stream, _at);
            int end = next;
            if (next < _stream.Length || EndsWithStartCode(_stream))
            {
                end = next - 3;
            }

            // Zeros before a start code belong to it, not to the unit.
            while (end > _at && _stream[end - 1] == 0)
            {
                end--;
            }

            ReadOnlySpan<byte> unit = end > _at ? _stream[_at..end] : default;
            _at = next;
            if (!unit.IsEmpty)
            {
                Current = unit;
                return true;
            }
        }

        return false;
    }

    private static bool EndsWithStartCode(ReadOnlySpan<byte> stream) => stream.EndsWith((ReadOnlySpan<byte>)[0, 0, 1]);

    /// <summary>The first byte after the next start code, or the end.</summary>
    private static int Next(ReadOnlySpan<byte> stream, int from)
    {
        int found = stream[from..].IndexOf((ReadOnlySpan<byte>)[0, 0, 1]);
        return found < 0 ? stream.Length : from + found + 3;
    }
}
