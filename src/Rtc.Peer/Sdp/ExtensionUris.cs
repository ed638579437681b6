namespace Rtc.Peer.Sdp;

/// <summary>The header extensions that this end understands, and how they are picked out of a section.</summary>
internal static class ExtensionUris
{
    public const string Mid = "urn:ietf:params:rtp-hdrext:sdes:mid";
    public const string Rid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    public const string RepairedRid = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    public const string AbsSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
    public const string TransportCc = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
    public const string AbsCaptureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
    public const string PlayoutDelay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
    public const string VideoOrientation = "urn:3gpp:video-orientation";

    // Ids above 14 need the two-byte form of RFC 8285, which this end neither writes nor agrees to.
    private const byte MaxOneByteId = 14;

    /// <summary>What an answer repeats: extensions we know, their ids untouched, their directions turned round.</summary>
    public static List<ExtensionMapping> Agree(IEnumerable<ExtensionMapping> offered, bool simulcast)
    {
        var agreed = new List<ExtensionMapping>();
        foreach (ExtensionMapping extension in offered)
        {
            bool known = extension.Uri switch
            {
                Mid or AbsSendTime or TransportCc or AbsCaptureTime or PlayoutDelay or VideoOrientation => true,
                // Without simulcast no packet has a rid.
                Rid or RepairedRid => simulcast,
                _ => false,
            };
            if (known && extension.Id <= MaxOneByteId && extension.Direction != MediaDirection.Inactive &&
                !agreed.Exists(other => other.Id == extension.Id || other.Uri == extension.Uri))
            {
                agreed.Add(extension with { Direction = extension.Direction.Reversed() });
            }
        }

        return agreed;
    }

    public static HeaderExtensionIds Ids(List<ExtensionMapping> agreed)
    {
        return new HeaderExtensionIds
        {
            Mid = Id(Mid),
            Rid = Id(Rid),
            RepairedRid = Id(RepairedRid),
            AbsSendTime = Id(AbsSendTime),
            TransportCc = Id(TransportCc),
            AbsCaptureTime = Id(AbsCaptureTime),
            PlayoutDelay = Id(PlayoutDelay),
            VideoOrientation = Id(VideoOrientation),
        };

        byte? Id(string uri)
        {
            int at = agreed.FindIndex(extension => extension.Uri == uri);
            return at < 0 ? null : agreed[at].Id;
        }
    }
}
