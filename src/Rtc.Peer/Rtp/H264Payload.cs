namespace Rtc.Peer.Rtp;

/// <summary>The payload structures that RFC 6184 adds to the NAL unit types (table 1), and the bits of their headers.</summary>
internal static class H264Payload
{
    public const byte StapA = 24;
    public const byte FuA = 28;

    /// <summary>F and NRI of a unit's header, which an FU indicator takes over.</summary>
    public const byte HeaderMask = 0xE0;

    /// <summary>FU header bits (section 5.8).</summary>
    public const byte FuStart = 0x80;
    public const byte FuEnd = 0x40;
}
