namespace Rtc.Peer.Sctp;

internal enum SctpEventKind : byte
{
    Connected,
    ChannelOpened,
    ChannelClosed,
    Message,
    Closed,
}

/// <summary>Something that happened in an association.</summary>
internal readonly record struct SctpEvent
{
    public required SctpEventKind Kind { get; init; }

    /// <summary>What <see cref="SctpAssociation.OpenChannel"/> returned, or a new number for a channel of the other end's.</summary>
    public int ChannelId { get; init; }

    /// <summary>The label of an opened channel; the reason of a closing.</summary>
    public string Text { get; init; }

    public string Protocol { get; init; }

    /// <summary>For an opened channel: the other end opened it.</summary>
    public bool IsRemote { get; init; }

    public bool IsText { get; init; }

    /// <summary>A message's bytes, valid until the next event is taken.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }
}

/// <summary>What became of a message handed to <see cref="SctpAssociation.Send"/>.</summary>
internal enum SctpSendResult : byte
{
    Queued,

    /// <summary>There is no such channel, or it is closing.</summary>
    NotOpen,

    /// <summary>Larger than the other end takes.</summary>
    TooLarge,

    /// <summary>The send buffer has no room for it now.</summary>
    BufferFull,
}

/// <summary>Why something that arrived was dropped.</summary>
internal enum SctpDrop : byte
{
    Malformed,
    BadChecksum,
    WrongPort,
    WrongTag,
    BadCookie,
    UnexpectedChunk,
    Duplicate,
    OutOfWindow,
    BufferFull,
    NoChannel,
    UnknownProtocol,
    BadDcep,
}

/// <summary>Counters of one association.</summary>
internal sealed class SctpStats
{
    private readonly long[] _drops = new long[Enum.GetValues<SctpDrop>().Length];

    public long PacketsReceived { get; internal set; }

    public long BytesReceived { get; internal set; }

    public long PacketsSent { get; internal set; }

    public long BytesSent { get; internal set; }

    public long MessagesReceived { get; internal set; }

    public long MessagesSent { get; internal set; }

    public long MessagesAbandoned { get; internal set; }

    public long ChunksSent { get; internal set; }

    public long ChunksRetransmitted { get; internal set; }

    public long FastRecoveries { get; internal set; }

    public long Timeouts { get; internal set; }

    /// <summary>Times the last chunk went again to learn what is missing, before a time-out.</summary>
    public long Probes { get; internal set; }

    public TimeSpan SmoothedRoundTrip { get; internal set; }

    public long Dropped(SctpDrop reason) => _drops[(int)reason];

    internal void Count(SctpDrop reason) => _drops[(int)reason]++;
}
