namespace Rtc.Peer;

/// <summary>What a peer did so far, as one value that others may keep.</summary>
public sealed record PeerStats
{
    public long DatagramsReceived { get; init; }

    public long BytesReceived { get; init; }

    public long DatagramsSent { get; init; }

    public long BytesSent { get; init; }

    /// <summary>By ICE's checks and, where media flows, by RTCP.</summary>
    public TimeSpan? RoundTrip { get; init; }

    public TransportAddress? RemoteAddress { get; init; }

    public TransportProtocol? Protocol { get; init; }

    public string? SrtpProfile { get; init; }

    public string? DtlsCipher { get; init; }

    /// <summary>Media packets, retransmissions included.</summary>
    public long PacketsReceived { get; init; }

    public long PacketsSent { get; init; }

    /// <summary>Of the media meant for us, before repair.</summary>
    public long PacketsLost { get; init; }

    public long PacketsRepaired { get; init; }

    public long FramesReceived { get; init; }

    public long FramesSent { get; init; }

    /// <summary>Pictures that this viewer's bandwidth had no room for.</summary>
    public long FramesLeftOut { get; init; }

    public TimeSpan Jitter { get; init; }

    public long NacksSent { get; init; }

    public long NacksReceived { get; init; }

    public long PacketsResent { get; init; }

    public long KeyFramesRequested { get; init; }

    public long KeyFrameRequestsReceived { get; init; }

    /// <summary>What the way to the other side is thought to carry.</summary>
    public Bitrate EstimatedBitrate { get; init; }

    /// <summary>Share of our packets that the other side's last report says it missed.</summary>
    public double SendLoss { get; init; }

    public long ChecksSent { get; init; }

    public long ChecksReceived { get; init; }

    public required DropCounters Drops { get; init; }
}
