namespace Rtc.Peer.Sdp;

/// <summary>This end's transport as it goes into a description.</summary>
internal sealed record LocalTransport
{
    public required string Ufrag { get; init; }

    public required string Password { get; init; }

    /// <summary>SHA-256 of our certificate, upper-case hexadecimal with colons.</summary>
    public required string Sha256Fingerprint { get; init; }

    public bool IceLite { get; init; }

    /// <summary>Lines with or without <c>a=</c>.</summary>
    public IReadOnlyList<string> CandidateLines { get; init; } = [];

    public bool EndOfCandidates { get; init; } = true;

    /// <summary>Answer an actpass offer as the DTLS client. The server is preferred: its order of SRTP profiles counts.</summary>
    public bool PreferDtlsClient { get; init; }
}

/// <summary>Our name in descriptions, and the randomness behind what has to differ between sessions (ids, SSRCs).</summary>
internal sealed record NegotiationOptions
{
    public required PeerRandom Random { get; init; }

    public string Cname { get; init; } = "rtc";

    public int SctpPort { get; init; } = 5000;

    public int MaxMessageSize { get; init; } = 256 * 1024;
}

/// <summary>What an offer and its answer came to.</summary>
internal sealed record NegotiatedSession
{
    public required string RemoteUfrag { get; init; }

    public required string RemotePassword { get; init; }

    public required bool RemoteIceLite { get; init; }

    public required IReadOnlyList<IceCandidate> RemoteCandidates { get; init; }

    public required bool RemoteEndOfCandidates { get; init; }

    public required IReadOnlyList<Fingerprint> RemoteFingerprints { get; init; }

    public required DtlsRole LocalDtlsRole { get; init; }

    /// <summary>The other end's credentials changed since the last negotiation (RFC 8839 section 4.4.1.1.1).</summary>
    public required bool IsIceRestart { get; init; }

    public required IReadOnlyList<MediaSection> Sections { get; init; }

    /// <summary>The mid of the section whose transport all share.</summary>
    public required string CarrierMid { get; init; }

    /// <summary>The mid of the data section; null when there is none.</summary>
    public string? DataMid { get; init; }

    /// <summary>The other end's SCTP port.</summary>
    public int? SctpPort { get; init; }

    /// <summary>The largest message that the other end takes; <see cref="int.MaxValue"/> when it sets no limit.</summary>
    public int RemoteMaxMessageSize { get; init; }
}
