using System.Globalization;

namespace Rtc.Peer.Sdp;

/// <summary>
/// Draws the session id and the SSRCs. They have to differ between sessions and mustn't be zero.
/// </summary>
internal sealed class SessionNumbers(PeerRandom random)
{
    /// <summary>A positive 63-bit number (RFC 9429 section 5.2.1).</summary>
    public string SessionId() => (random.NextUInt64() >> 1).ToString(CultureInfo.InvariantCulture);

    public SendSources Sources()
    {
        Ssrc media = Ssrc(), rtx = Ssrc();
        return new SendSources(media, rtx == media ? new Ssrc(media.Value ^ 1) : rtx);
    }

    private Ssrc Ssrc()
    {
        uint value = random.NextUInt32();
        return new Ssrc(value < 2 ? value + 2 : value);
    }
}
