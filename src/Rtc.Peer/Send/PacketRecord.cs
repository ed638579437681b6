namespace Rtc.Peer.Send;

internal enum PacketForm : byte
{
    /// <summary>A prefix, then a slice of the frame.</summary>
    Slice,

    /// <summary>Several whole NAL units, written as STAP-A.</summary>
    Aggregate,

    /// <summary>No payload: a probe where there is no RTX stream.</summary>
    Padding,
}

/// <summary>
/// One packet as a view into its frame: enough to write it the first time and every time it is asked for
/// again, without a copy of its bytes.
/// </summary>
internal struct PacketRecord
{
    public EncodedFrame? Frame;
    public int Offset;
    public int Length;

    /// <summary>The payload descriptor or FU-A header, first byte lowest.</summary>
    public ulong Prefix;
    public byte PrefixLength;
    public PacketForm Form;
    public bool First;
    public bool Marker;

    /// <summary>Waits in the queue of what is to be sent again.</summary>
    public bool AskedAgain;

    /// <summary>Was asked for before: the next question is answered only after a round trip.</summary>
    public bool Resent;
    public Instant LastSent;

    public readonly int PayloadLength => PrefixLength + Length;
}
