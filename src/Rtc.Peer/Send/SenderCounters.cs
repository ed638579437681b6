namespace Rtc.Peer.Send;

/// <summary>What happened to one outgoing stream since it began.</summary>
internal sealed class SenderCounters
{
    public long Frames { get; set; }

    public long FramesDropped { get; set; }

    public long Packets { get; set; }

    /// <summary>Payload octets, as a sender report counts them.</summary>
    public long PayloadBytes { get; set; }

    public long Resent { get; set; }

    /// <summary>Packets sent a second time unasked.</summary>
    public long Copies { get; set; }

    public long ResendRefused { get; set; }

    public long PaddingPackets { get; set; }

    public long Nacks { get; set; }

    public long KeyFrameRequests { get; set; }
}
