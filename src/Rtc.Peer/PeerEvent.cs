namespace Rtc.Peer;

public enum PeerEventKind : byte
{
    None,

    /// <summary>ICE found a way and DTLS is done: media and data flow.</summary>
    Connected,

    /// <summary>No way was found, or consent was lost. An ICE restart may bring it back.</summary>
    Disconnected,

    /// <summary>There is a way again.</summary>
    Reconnected,

    /// <summary>The end, with <see cref="PeerEvent.Reason"/>; nothing comes after it.</summary>
    Closed,

    /// <summary><see cref="PeerEvent.Frame"/> on <see cref="PeerEvent.Mid"/>; the receiver owns the frame.</summary>
    VideoFrame,

    ChannelOpened,

    ChannelClosed,

    /// <summary><see cref="PeerEvent.Payload"/> lasts until the next event is taken.</summary>
    ChannelMessage,

    /// <summary>The other side cannot show what we send on <see cref="PeerEvent.Mid"/> without a key frame.</summary>
    KeyFrameNeeded,

    /// <summary>What encoders should produce together.</summary>
    BitrateChanged,

    /// <summary>
    /// A check with the right password came from <see cref="PeerEvent.Address"/>, where none of ours was answered yet: it
    /// may be a recorded one, replayed from a forged address.
    /// </summary>
    AddressLearned,

    /// <summary>
    /// The other side is at <see cref="PeerEvent.Address"/>: a check of ours was answered from there, or one of theirs came
    /// from where one was answered not long ago. Told each time: another peer may have had the address in between.
    /// </summary>
    AddressProven,

    /// <summary>Data goes to <see cref="PeerEvent.Address"/> from now on.</summary>
    RemoteAddressChanged,
}

/// <summary>Something that a peer has to tell. Which fields say anything depends on the kind.</summary>
public readonly struct PeerEvent
{
    public PeerEventKind Kind { get; init; }

    public string? Mid { get; init; }

    public EncodedFrame? Frame { get; init; }

    /// <summary>The simulcast layer that <see cref="Frame"/> is of, null where there is none.</summary>
    public string? Rid { get; init; }

    public int ChannelId { get; init; }

    public string? Label { get; init; }

    public bool IsText { get; init; }

    public ReadOnlyMemory<byte> Payload { get; init; }

    public Bitrate Bitrate { get; init; }

    public TransportAddress Address { get; init; }

    public string? Reason { get; init; }
}
