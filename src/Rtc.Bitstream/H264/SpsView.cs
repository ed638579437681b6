namespace Rtc.Bitstream.H264;

/// <summary>What a sequence parameter set says about the picture's size (H.264, 7.3.2.1.1).</summary>
public readonly ref struct SpsView
{
    private const int MaxMacroblocksPerSide = 4096;

    private SpsView(byte profile, byte constraints, byte level, int width, int height)
    {
        Profile = profile;
        Constraints = constraints;
        Level = level;
        Width = width;
        Height = height;
    }

    public byte Profile { get; }

    public byte Constraints { get; }

    public byte Level { get; }

    /// <summary>After cropping.</summary>
    public int Width { get; }

    public int Height { get; }

    /// <param name="unit">A NAL unit from its header byte on.</param>
    /// <param name="view">What it says.</param>
    public static bool TryParse(ReadOnlySpan<byte> unit, out SpsView view)
    {
        view = default;
        if (unit.Length < 4 || NalType.Of(unit[0]) != NalType.Sps)
        {
            return false;
        }

        var bits = new BitReader(unit[4..]);
        bits.Unsigned();
        uint chroma = 1;
        if (unit[1] is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135)
        {
            chroma = bits.Unsigned();
            if (!SkipHighProfile(ref bits, chroma))
            {
                return false;
            }
        }

        bits.Unsigned();
        if (!SkipOrderCount(ref bits))
        {
            return false;
        }

        bits.Unsigned();
        bits.Flag();
        uint columns = bits.Unsigned() + 1;
        uint rows = bits.Unsigned() + 1;
        bool frames = bits.Flag();
        if (!frames)
        {
            bits.Flag();
        }

        bits.Flag();
        if (bits.Overrun || columns is 0 or > MaxMacroblocksPerSide || rows is 0 or > MaxMacroblocksPerSide)
        {
            return false;
        }

        long width = columns * 16L;
        long height = rows * 16L * (frames ? 1 : 2);
        if (bits.Flag())
        {
            int stepX = chroma is 1 or 2 ? 2 : 1;
            int stepY = (chroma == 1 ? 2 : 1) * (frames ? 1 : 2);
            width -= stepX * ((long)bits.Unsigned() + bits.Unsigned());
            height -= stepY * ((long)bits.Unsigned() + bits.Unsigned());
        }

        if (bits.Overrun || width <= 0 || height <= 0)
        {
            return false;
        }

        view = new SpsView(unit[1], unit[2], unit[3], (int)width, (int)height);
        return true;
    }

    private static bool SkipHighProfile(ref BitReader bits, uint chroma)
    {
        if (chroma == 3)
        {
            bits.Flag();
        }

        bits.Unsigned();
        bits.Unsigned();
        bits.Flag();
        if (!bits.Flag())
        {
            return !bits.Overrun;
        }

        for (int list = 0; list < (chroma == 3 ? 12 : 8); list++)
        {
            if (!bits.Flag())
            {
                continue;
            }

            int last = 8;
            int next = 8;
            for (int i = 0; i < (list < 6 ? 16 : 64); i++)
            {
                next = next != 0 ? (last + bits.Signed()) & 255 : 0;
                last = next == 0 ? last : next;
            }
        }

        return !bits.Overrun;
    }

    private static bool SkipOrderCount(ref BitReader bits)
    {
        switch (bits.Unsigned())
        {
            case 0:
                bits.Unsigned();
                return true;
            case 1:
                bits.Flag();
                bits.Signed();
                bits.Signed();
                uint cycle = bits.Unsigned();
                for (uint i = 0; i < cycle && cycle <= 255; i++)
                {
                    bits.Signed();
                }

                return cycle <= 255;
            case 2:
                return true;
            default:
                return false;
        }
    }
}
