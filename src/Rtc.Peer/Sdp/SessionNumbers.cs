using System.Globalization;

namespace Rtc.Peer.Sdp;

/// <summary>
/// Draws the session id and the SSRCs from a seed (SplitMix64). They have to differ between sessions and mustn't be
/// zero; they are no secrets.
/// </summary>
internal sealed class SessionNumbers(ulong seed)
{
    private SplitMix64 _random = new(seed);

    /// <summary>A positive 63-bit number (RFC 9429 section 5.2.1).</summary>
    public string SessionId() => (_random.Next() >> 1).ToString(CultureInfo.InvariantCulture);

    public SendSources Sources()
    {
        Ssrc media = Ssrc(), rtx = Ssrc();
        return new SendSources(media, rtx == media ? new Ssrc(media.Value ^ 1) : rtx);
    }

    private Ssrc Ssrc()
    {
        uint value = (uint)(_random.Next() >> 32);
        return new Ssrc(value < 2 ? value + 2 : value);
    }
}
