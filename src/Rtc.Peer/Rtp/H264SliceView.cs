using System.Numerics;

namespace Rtc.Peer.Rtp;

/// <summary>The two fields that open every slice header (ITU-T H.264 section 7.3.3): where it begins and of what type it is.</summary>
internal readonly ref struct H264SliceView
{
    // Both ue(v) fields of the largest picture take 40 bits, and hold no two zero bytes in a row: nothing there is escaped.
    private const int FieldBytes = 8;
    private const int LongestPrefix = 24;
    private const uint IntraType = 2;
    private const uint TypesOfOneSlice = 5;

    private H264SliceView(uint firstMacroblock, uint type)
    {
        FirstMacroblock = firstMacroblock;
        Type = type;
    }

    public uint FirstMacroblock { get; }

    /// <summary>slice_type of table 7-6: 5 to 9 say of the whole picture what 0 to 4 say of the slice.</summary>
    public uint Type { get; }

    public bool StartsPicture => FirstMacroblock == 0;

    public bool IsIntra => Type % TypesOfOneSlice == IntraType;

    /// <param name="body">A slice's bytes after its NAL header, or as many of them as there are.</param>
    /// <param name="view">What they say.</param>
    public static bool TryParse(ReadOnlySpan<byte> body, out H264SliceView view)
    {
        view = default;
        ulong bits = 0;
        int given = Math.Min(body.Length, FieldBytes);
        for (int i = 0; i < given; i++)
        {
            bits |= (ulong)body[i] << (56 - (8 * i));
        }

        int left = given * 8;
        if (!TryTake(ref bits, ref left, out uint first) || !TryTake(ref bits, ref left, out uint type) || type >= 2 * TypesOfOneSlice)
        {
            return false;
        }

        view = new H264SliceView(first, type);
        return true;
    }

    /// <summary>ue(v) (section 9.1), from the top bit on.</summary>
    private static bool TryTake(ref ulong bits, ref int left, out uint value)
    {
        int zeros = BitOperations.LeadingZeroCount(bits);
        int length = (2 * zeros) + 1;
        value = 0;
        if (zeros > LongestPrefix || length > left)
        {
            return false;
        }

        value = (uint)(bits >> (64 - length)) - 1;
        bits <<= length;
        left -= length;
        return true;
    }
}
