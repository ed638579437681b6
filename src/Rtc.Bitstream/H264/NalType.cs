namespace Rtc.Bitstream.H264;

/// <summary>The kinds of NAL unit that matter here (ITU-T H.264 table 7-1), and the header byte that tells them.</summary>
public static class NalType
{
    public const byte Slice = 1;
    public const byte Idr = 5;
    public const byte Sei = 6;
    public const byte Sps = 7;
    public const byte Pps = 8;
    public const byte Delimiter = 9;

    /// <summary>nal_unit_type in a unit's first byte (section 7.3.1).</summary>
    public const byte Mask = 0x1F;

    public static int Of(byte header) => header & Mask;
}
