namespace Rtc.Peer.Rtp;

/// <summary>NAL unit types that matter here (ITU-T H.264 table 7-1, RFC 6184 table 1).</summary>
internal static class H264
{
    public const byte Slice = 1;
    public const byte Idr = 5;
    public const byte Sei = 6;
    public const byte Sps = 7;
    public const byte Pps = 8;
    public const byte Aud = 9;
    public const byte StapA = 24;
    public const byte FuA = 28;

    public const byte TypeMask = 0x1F;
    public const byte HeaderMask = 0xE0;

    /// <summary>FU header bits (RFC 6184 section 5.8).</summary>
    public const byte FuStart = 0x80;
    public const byte FuEnd = 0x40;

    public static ReadOnlySpan<byte> StartCode => [0, 0, 0, 1];

    public static int Type(byte header) => header & TypeMask;
}
