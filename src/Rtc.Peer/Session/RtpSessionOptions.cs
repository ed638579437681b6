namespace Rtc.Peer.Session;

/// <summary>What a session is made with.</summary>
internal sealed record RtpSessionOptions
{
    /// <summary>RFC 7022: names this endpoint over all its streams.</summary>
    public required string Cname { get; init; }

    public required PeerRandom Random { get; init; }

    /// <summary>The wall clock as NTP time at the origin of the loop's <see cref="Instant"/>s.</summary>
    public ulong NtpAtOrigin { get; init; }

    public Bitrate StartBitrate { get; init; } = Bitrate.FromKilobits(1000);

    public Bitrate MinBitrate { get; init; } = Bitrate.FromKilobits(50);

    public Bitrate MaxBitrate { get; init; } = Bitrate.FromKilobits(5000);

    public EncodedFramePool Frames { get; init; } = EncodedFramePool.Shared;
}
