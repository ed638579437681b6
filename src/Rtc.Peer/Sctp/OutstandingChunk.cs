namespace Rtc.Peer.Sctp;

/// <summary>What became of a chunk that was sent.</summary>
internal enum ChunkState : byte
{
    InFlight,
    Lost,
    Acknowledged,
    Abandoned,
}

internal struct OutstandingChunk
{
    public OutgoingMessage Message;
    public int Offset;
    public int Length;
    public Instant SentAt;

    /// <summary>Place in the order of all sendings; a repetition takes a new one.</summary>
    public long SendOrder;
    public short Transmissions;
    public byte Misses;
    public byte Flags;
    public ChunkState State;
}

/// <summary>What a SACK told.</summary>
internal struct SackOutcome
{
    public int BytesAcknowledged;
    public bool CumulativeAdvanced;
    public bool FoundLoss;
    public bool WindowWasFull;

    /// <summary>A measured round trip; zero when only repeated chunks were acknowledged (Karn).</summary>
    public TimeSpan RoundTrip;
}
