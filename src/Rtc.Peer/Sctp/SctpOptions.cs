namespace Rtc.Peer.Sctp;

/// <summary>
/// The settings of one association. Times are chosen for calls, not for the hour-long transfers that RFC 9260 has in mind.
/// </summary>
internal sealed record SctpOptions
{
    /// <summary>Draws tags, first TSNs and the cookie's key.</summary>
    public required PeerRandom Random { get; init; }

    public ushort LocalPort { get; init; } = 5000;

    /// <summary>
    /// Largest packet. With 37 bytes of DTLS 1.2 (13 header, 8 nonce, 16 tag) a datagram stays below 1,200 bytes.
    /// </summary>
    public int MaxPacketSize { get; init; } = 1160;

    /// <summary>Largest message taken; a peer that sends a larger one is cut off.</summary>
    public int MaxMessageSize { get; init; } = 256 * 1024;

    /// <summary>Largest message that the other end takes, from its description.</summary>
    public int RemoteMaxMessageSize { get; init; } = 256 * 1024;

    /// <summary>Bytes of messages kept for the other end, sent or not, until they are acknowledged.</summary>
    public int SendBufferSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes received and not yet handed on; announced as the window. Has to hold the largest message.</summary>
    public int ReceiveBufferSize { get; init; } = 1024 * 1024;

    public int MaxChannels { get; init; } = 4096;

    /// <summary>
    /// Before the first measurement. A lost INIT costs this; RFC 9260's second is longer than a call's setup should take.
    /// </summary>
    public TimeSpan InitialRto { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Peers delay a SACK by up to 200 ms, but our I bit asks for the last one of a burst at once, so the shortest
    /// wait needs only some slack over a jittery round trip.
    /// </summary>
    public TimeSpan MinRto { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bounds how long data stands still after a black-out has ended.</summary>
    public TimeSpan MaxRto { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time-outs in a row before the association is given up: about a minute. ICE consent is the faster judge.</summary>
    public int MaxRetransmissions { get; init; } = 20;

    /// <summary>How long a SACK may wait for company (RFC 9260 section 6.2 allows 200 ms to 500 ms).</summary>
    public TimeSpan SackDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How reliable a channel is (RFC 8832 section 5.1). At most one of the limits may be given.</summary>
internal readonly record struct ChannelOptions()
{
    public bool Ordered { get; init; } = true;

    /// <summary>Messages are given up after this many repetitions.</summary>
    public int? MaxRetransmits { get; init; }

    /// <summary>Messages are given up this long after <see cref="SctpAssociation.Send"/>.</summary>
    public int? MaxLifetimeMs { get; init; }

    public string Protocol { get; init; } = "";

    /// <summary>Both ends agreed on this stream id by other means; nothing is announced in the band.</summary>
    public ushort? NegotiatedId { get; init; }
}
