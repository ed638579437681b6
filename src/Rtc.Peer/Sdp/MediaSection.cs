namespace Rtc.Peer.Sdp;

/// <summary>A codec that both ends know, with the numbers of this session.</summary>
public sealed record NegotiatedCodec
{
    public required byte PayloadType { get; init; }

    public required VideoCodec Codec { get; init; }

    /// <summary>Payload type of its retransmissions (RFC 4588); null where lost packets are sent again as they were.</summary>
    public byte? RtxPayloadType { get; init; }

    /// <summary>H.264 only: 1 allows packets that hold several units or a part of one (RFC 6184).</summary>
    public int PacketizationMode { get; init; }

    /// <summary>H.264 only: six hexadecimal digits.</summary>
    public string? ProfileLevelId { get; init; }

    /// <summary>H.264 only: the other end's sprop-parameter-sets as written; null where it sends them with the pictures alone.</summary>
    public string? ParameterSets { get; init; }

    public bool Nack { get; init; }

    public bool NackPli { get; init; }

    public bool CcmFir { get; init; }

    public bool Remb { get; init; }

    public bool TransportCc { get; init; }
}

/// <summary>Ids of the header extensions in use; null where an extension wasn't agreed on (RFC 8285).</summary>
public sealed record HeaderExtensionIds
{
    public byte? Mid { get; init; }

    public byte? Rid { get; init; }

    public byte? RepairedRid { get; init; }

    public byte? AbsSendTime { get; init; }

    public byte? TransportCc { get; init; }

    public byte? AbsCaptureTime { get; init; }

    public byte? PlayoutDelay { get; init; }

    public byte? VideoOrientation { get; init; }
}

/// <summary>A stream that the other end announced, with its retransmission stream where it has one.</summary>
public readonly record struct RemoteStream(Ssrc Media, Ssrc? Rtx);

/// <summary>
/// One m-section after offer and answer: all that the RTP and SCTP parts need to know of it.
/// "Sends" and "Receives" are this end's.
/// </summary>
public sealed record MediaSection
{
    /// <summary>The section's name; its number where the other end gave none.</summary>
    public required string Mid { get; init; }

    public required MediaKind Kind { get; init; }

    /// <summary>Refused by either end: port 0, nothing flows, the place may be used again.</summary>
    public required bool Rejected { get; init; }

    public bool Sends { get; init; }

    public bool Receives { get; init; }

    /// <summary>In order of preference; empty for data.</summary>
    public IReadOnlyList<NegotiatedCodec> Codecs { get; init; } = [];

    public HeaderExtensionIds Extensions { get; init; } = new();

    /// <summary>Both ends take RTCP packets that aren't compound (RFC 5506).</summary>
    public bool ReducedSizeRtcp { get; init; }

    /// <summary>Ours, kept as long as the section lives, also while it doesn't send.</summary>
    public Ssrc SendSsrc { get; init; }

    public Ssrc SendRtxSsrc { get; init; }

    public IReadOnlyList<RemoteStream> RemoteStreams { get; init; } = [];

    /// <summary>The other end's <c>msid</c>: "stream track".</summary>
    public string? RemoteMsid { get; init; }

    public string? RemoteCname { get; init; }

    /// <summary>The simulcast layers that the other end may send, best first as far as its list says so.</summary>
    public IReadOnlyList<string> ReceiveRids { get; init; } = [];
}
