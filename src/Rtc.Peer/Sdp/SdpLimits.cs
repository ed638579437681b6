namespace Rtc.Peer.Sdp;

/// <summary>
/// Bounds on what a description may hold. The largest recorded offer has 7 KB and two sections; everything
/// here leaves an order of magnitude and keeps parsing linear and its memory small.
/// </summary>
internal static class SdpLimits
{
    public const int MaxDescriptionLength = 128 * 1024;
    public const int MaxSections = 64;
    public const int MaxFormats = 128;
    public const int MaxCandidates = 64;
    public const int MaxExtensions = 64;
    public const int MaxSsrcs = 64;
    public const int MaxRids = 16;
    public const int MaxFeedbacks = 32;
    public const int MaxFingerprints = 8;
    public const int MaxGroups = 8;

    /// <summary>Of a mid or rid. In RTP's one-byte extension 16 fit; a description may use longer ones.</summary>
    public const int MaxIdLength = 64;

    /// <summary>Of a ufrag or password (RFC 8839 section 5.4).</summary>
    public const int MaxIceTextLength = 256;
    public const int MinUfragLength = 4;
    public const int MinPasswordLength = 22;

    public const int MaxFmtpLength = 512;

    /// <summary>What a peer takes that doesn't say (RFC 8841 section 6.1).</summary>
    public const int DefaultMaxMessageSize = 65536;
}
