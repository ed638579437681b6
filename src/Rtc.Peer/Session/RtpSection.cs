using Rtc.Peer.Rtp;
using Rtc.Peer.Sdp;

namespace Rtc.Peer.Session;

/// <summary>One codec of a negotiated m-section.</summary>
internal sealed record RtpCodec(byte PayloadType, VideoCodec Codec)
{
    public byte? RtxPayloadType { get; init; }

    public bool Nack { get; init; } = true;

    public bool Pli { get; init; } = true;

    public bool Fir { get; init; }

    public bool Remb { get; init; }

    public bool TransportCc { get; init; }

    /// <summary>SPS and PPS units from the other side's sprop-parameter-sets, H.264 only.</summary>
    public IReadOnlyList<byte[]> ParameterSets { get; init; } = [];
}

/// <summary>What offer and answer fixed for one m-section of video.</summary>
internal sealed record RtpSection
{
    public required string Mid { get; init; }

    public bool Receives { get; init; }

    public bool Sends { get; init; }

    /// <summary>Negotiated ones, in order of preference.</summary>
    public required IReadOnlyList<RtpCodec> Codecs { get; init; }

    public ExtensionMap Extensions { get; init; } = ExtensionMap.Empty;

    public Ssrc SendSsrc { get; init; }

    public Ssrc? SendRtxSsrc { get; init; }

    public IReadOnlyList<RemoteStream> RemoteStreams { get; init; } = [];

    /// <summary>a=rtcp-rsize: feedback may go without a report before it (RFC 5506).</summary>
    public bool ReducedSize { get; init; }
}
