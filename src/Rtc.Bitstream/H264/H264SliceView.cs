namespace Rtc.Bitstream.H264;

/// <summary>The two fields that open every slice header (ITU-T H.264 section 7.3.3): where it begins and of what type it is.</summary>
public readonly ref struct H264SliceView
{
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

    public bool IsIntra => Type % TypesOfOneSlice == IntraType;

    /// <param name="body">A slice's bytes after its NAL header, or as many of them as there are.</param>
    /// <param name="view">What they say.</param>
    public static bool TryParse(ReadOnlySpan<byte> body, out H264SliceView view)
    {
        var bits = new BitReader(body);
        view = new H264SliceView(bits.Unsigned(), bits.Unsigned());
        if (bits.Overrun || view.Type >= 2 * TypesOfOneSlice)
        {
            view = default;
            return false;
        }

        return true;
    }
}
