namespace Rtc.Peer.Receive;

/// <summary>What happened to one incoming stream since it began; read by metrics, written by its receiver.</summary>
internal sealed class ReceiverCounters
{
    public long Packets { get; set; }

    public long RtxPackets { get; set; }

    public long Bytes { get; set; }

    public long Frames { get; set; }

    public long KeyFrames { get; set; }

    public long Nacked { get; set; }

    public long Repaired { get; set; }

    public long Plis { get; set; }

    public long Late { get; set; }

    public long Duplicates { get; set; }

    public long Malformed { get; set; }

    public long UnknownPayload { get; set; }
}
