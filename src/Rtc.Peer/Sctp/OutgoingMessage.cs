namespace Rtc.Peer.Sctp;

/// <summary>
/// One message on its way out, from <see cref="SctpAssociation.Send"/> until its last chunk is acknowledged or given up.
/// Its bytes lie once in a rented array; chunks point into it.
/// </summary>
internal sealed class OutgoingMessage
{
    public OutgoingStream Stream { get; set; } = null!;

    public PayloadProtocol Protocol { get; set; }

    public byte[] Buffer { get; set; } = [];

    public int Length { get; set; }

    /// <summary>How much of it has been cut into chunks.</summary>
    public int Taken { get; set; }

    public bool Unordered { get; set; }

    /// <summary>Given with the first chunk, so that a message that expires before leaves no hole in the order.</summary>
    public ushort SequenceNumber { get; set; }

    /// <summary>Repetitions allowed; −1 without limit.</summary>
    public int MaxRetransmits { get; set; }

    public Instant Expiry { get; set; }

    public bool IsAbandoned { get; set; }

    /// <summary>Chunks that still count on the bytes.</summary>
    public int ChunksHeld { get; set; }

    public bool IsFinished => ChunksHeld == 0 && (IsAbandoned || Taken == Length);
}

/// <summary>The sending half of a stream: its order and what waits for its turn.</summary>
internal sealed class OutgoingStream(ushort id)
{
    public ushort Id { get; } = id;

    public ushort NextSequenceNumber { get; set; }

    public Queue<OutgoingMessage> Waiting { get; } = new();

    /// <summary>Bytes not yet cut into chunks: what a browser calls bufferedAmount.</summary>
    public long BufferedBytes { get; set; }

    /// <summary>Messages neither acknowledged nor given up.</summary>
    public int MessagesHeld { get; set; }

    public bool IsInRotation { get; set; }
}
