namespace Rtc.Peer.Sctp;

internal enum ChannelPhase : byte
{
    /// <summary>Waits for the association.</summary>
    Waiting,
    Open,

    /// <summary>What was sent still flows; then both directions of the stream are reset.</summary>
    Closing,
}

/// <summary>One data channel: a pair of streams with the same id (RFC 8831 section 6.4).</summary>
internal sealed class DataChannel(int id, string label, ChannelOptions options, bool isRemote)
{
    public int Id { get; } = id;

    public string Label { get; } = label;

    public ChannelOptions Options { get; } = options;

    public bool IsRemote { get; } = isRemote;

    public ushort? StreamId { get; set; }

    public ChannelPhase Phase { get; set; }

    /// <summary>Messages may overtake each other only once the other end knows of the channel (RFC 8832 section 6).</summary>
    public bool IsKnownToPeer { get; set; } = isRemote || options.NegotiatedId is not null;

    /// <summary>The other end was asked to take the stream for reset, and has not answered yet.</summary>
    public bool IsBeingReset { get; set; }

    public bool OutgoingIsReset { get; set; }

    public bool IncomingIsReset { get; set; }
}
