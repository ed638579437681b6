namespace Rtc.Peer.Sdp;

/// <summary>A header extension's number in this session (RFC 8285 section 5).</summary>
internal readonly record struct ExtensionMapping(byte Id, string Uri, MediaDirection Direction);

/// <summary>An <c>a=ssrc</c> source and what was said about it (RFC 5576).</summary>
internal sealed record SourceDescription(uint Ssrc)
{
    public string? Cname { get; set; }

    public string? Msid { get; set; }
}

/// <summary><c>a=ssrc-group</c>: with FID the first is the media and the second its retransmission.</summary>
internal readonly record struct SourceGroup(string Semantics, uint First, uint Second);

/// <summary><c>a=rid</c> (RFC 8851): one simulcast layer; <see cref="Sends"/> as seen from the writer.</summary>
internal readonly record struct RidDescription(string Id, bool Sends);

/// <summary>One m-section of a description, as written: nothing here is negotiated.</summary>
internal sealed class MediaDescription
{
    public required MediaKind Kind { get; init; }

    /// <summary>The first word of the m-line; kept since an answer repeats it, whatever it is.</summary>
    public required string KindText { get; init; }

    public required ushort Port { get; set; }

    public required string Protocol { get; init; }

    public List<string> Formats { get; init; } = [];

    public string? Mid { get; set; }

    public MediaDirection Direction { get; set; } = MediaDirection.SendReceive;

    public string? IceUfrag { get; set; }

    public string? IcePassword { get; set; }

    public bool IceTrickle { get; set; }

    public List<IceCandidate> Candidates { get; } = [];

    public bool EndOfCandidates { get; set; }

    public List<Fingerprint> Fingerprints { get; } = [];

    public DtlsSetup Setup { get; set; }

    public bool RtcpMux { get; set; }

    public bool RtcpReducedSize { get; set; }

    public bool BundleOnly { get; set; }

    public List<PayloadFormat> PayloadFormats { get; } = [];

    public List<ExtensionMapping> Extensions { get; } = [];

    public List<SourceDescription> Sources { get; } = [];

    public List<SourceGroup> SourceGroups { get; } = [];

    /// <summary><c>a=msid</c>: "stream track".</summary>
    public string? Msid { get; set; }

    public List<RidDescription> Rids { get; } = [];

    /// <summary>First alternative of each stream of <c>a=simulcast</c>'s send list (RFC 8853).</summary>
    public List<string> SimulcastSend { get; } = [];

    public List<string> SimulcastReceive { get; } = [];

    public int? SctpPort { get; set; }

    /// <summary>The form before RFC 8841: <c>DTLS/SCTP 5000</c> with <c>a=sctpmap</c>; aiortc still writes it.</summary>
    public bool OldSctpForm { get; set; }

    /// <summary>0 means without limit (RFC 8841 section 6.1).</summary>
    public long? MaxMessageSize { get; set; }

    /// <summary>Port 0 refuses a section, unless it only says that the section has no transport of its own.</summary>
    public bool IsRejected => Port == 0 && !BundleOnly;
}
