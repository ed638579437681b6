namespace Rtc.Peer.Sctp;

/// <summary>The chunk that tells the other end of the end.</summary>
internal enum FinalChunk : byte
{
    None,
    Abort,
    ShutdownComplete,
}

/// <summary>What the other end said of itself in the handshake.</summary>
internal readonly record struct PeerParameters(uint Tag, int InboundStreams, bool ForwardTsn, bool Reconfig);

/// <summary>
/// What the parts of one association share: where it stands, what is known of the other end, events and counters. All else
/// is the part's own. A part that ends the association marks it here; <see cref="SctpAssociation"/> then lets go of everything.
/// </summary>
internal sealed class AssociationContext(SctpOptions options, SctpEventQueue events)
{
    public SctpOptions Options { get; } = options;

    public SctpEventQueue Events { get; } = events;

    public SctpStats Stats { get; } = new();

    public RetransmissionTimeout Rto { get; } = new(options);

    public AssociationState State { get; set; }

    public ushort RemotePort { get; set; }

    public PeerParameters Peer { get; set; }

    /// <summary>Has still to be sent though the association is closed.</summary>
    public FinalChunk FinalChunk { get; set; }

    public string CloseReason { get; private set; } = "";

    public bool IsConnected => State is AssociationState.Established or AssociationState.ShutdownPending;

    public bool IsClosed => State == AssociationState.Closed;

    public SctpPacketWriter Packet(Span<byte> buffer) => new(buffer, Options.LocalPort, RemotePort, Peer.Tag);

    /// <summary>Counts a chunk that was dropped; false, as the rest of its packet is not read.</summary>
    public bool Drop(SctpDrop reason)
    {
        Stats.Count(reason);
        return false;
    }

    public void Fail(string reason, bool tellPeer)
    {
        if (!IsClosed)
        {
            FinalChunk = tellPeer ? FinalChunk.Abort : FinalChunk.None;
            Finish(reason);
        }
    }

    public void Finish(string reason)
    {
        State = AssociationState.Closed;
        CloseReason = reason;
    }
}
