namespace Rtc.Peer.Session;

/// <summary>A session's totals at one moment.</summary>
internal readonly record struct RtpStats
{
    public long PacketsIn { get; init; }

    public long BytesIn { get; init; }

    public long PacketsOut { get; init; }

    public long BytesOut { get; init; }

    public long FramesIn { get; init; }

    public long FramesOut { get; init; }

    public long FramesLeftOut { get; init; }

    /// <summary>Of the other side's packets, before repair.</summary>
    public long PacketsLost { get; init; }

    public long PacketsRepaired { get; init; }

    public TimeSpan Jitter { get; init; }

    public long NacksOut { get; init; }

    public long PlisOut { get; init; }

    public long NacksIn { get; init; }

    public long KeyFrameRequestsIn { get; init; }

    public long Resent { get; init; }

    public TimeSpan RoundTrip { get; init; }

    public Bitrate Estimate { get; init; }

    public double SendLoss { get; init; }

    public long DroppedMalformed { get; init; }

    public long DroppedUnknownStream { get; init; }

    public long DroppedUnknownPayload { get; init; }

    public long DroppedMalformedRtcp { get; init; }
}
