namespace Rtc.Peer.Rtp;

/// <summary>
/// Which id stands for which header extension in one m-section (RFC 8285 section 5). Filled from the
/// SDP before the first packet and only read afterwards.
/// </summary>
internal sealed class ExtensionMap
{
    private const int MaxId = 255;

    private static readonly (string Uri, RtpExtension Kind)[] s_uris =
    [
        ("urn:ietf:params:rtp-hdrext:sdes:mid", RtpExtension.Mid),
        ("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", RtpExtension.Rid),
        ("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", RtpExtension.RepairedRid),
        ("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", RtpExtension.AbsSendTime),
        ("http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", RtpExtension.TransportSequence),
        ("http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", RtpExtension.AbsCaptureTime),
        ("http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", RtpExtension.PlayoutDelay),
        ("urn:3gpp:video-orientation", RtpExtension.VideoOrientation),
    ];

    private readonly RtpExtension[] _kinds = new RtpExtension[MaxId + 1];
    private readonly byte[] _ids = new byte[s_uris.Length + 1];

    /// <summary>No extension negotiated.</summary>
    public static ExtensionMap Empty { get; } = new();

    /// <summary>True when an id is above 14, which only the two-byte form can carry.</summary>
    public bool NeedsTwoByteForm { get; private set; }

    public static RtpExtension KindOf(string uri)
    {
        foreach ((string known, RtpExtension kind) in s_uris)
        {
            if (string.Equals(known, uri, StringComparison.Ordinal))
            {
                return kind;
            }
        }

        return RtpExtension.None;
    }

    /// <summary>False for id 0, for 15 (stops a one-byte parser) and for an extension that we don't know.</summary>
    public bool TryAdd(int id, RtpExtension kind)
    {
        if (id is < 1 or > MaxId or 15 || kind == RtpExtension.None)
        {
            return false;
        }

        _kinds[id] = kind;
        _ids[(int)kind] = (byte)id;
        NeedsTwoByteForm |= id > 14;
        return true;
    }

    public RtpExtension Kind(int id) => (uint)id <= MaxId ? _kinds[id] : RtpExtension.None;

    /// <summary>The negotiated id, or 0.</summary>
    public byte Id(RtpExtension kind) => _ids[(int)kind];

    public bool Has(RtpExtension kind) => _ids[(int)kind] != 0;
}
