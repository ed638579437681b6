using Rtc.Peer.Sctp;

namespace Rtc.Peer;

/// <summary>Data channels.</summary>
public sealed partial class WebRtcPeer
{
    private readonly PeerData _data;

    /// <summary>
    /// Opens a channel, or announces it for when the connection is up. Returns its id, −1 when there are too many. The
    /// description has to have a data section, now or after the next negotiation.
    /// </summary>
    public int OpenChannel(Instant now, string label, bool ordered = true, int? maxRetransmits = null, int? maxLifetimeMs = null)
    {
        _now = now;
        ObjectDisposedException.ThrowIf(_closed, this);
        var options = new ChannelOptions { Ordered = ordered, MaxRetransmits = maxRetransmits, MaxLifetimeMs = maxLifetimeMs };
        return _data.OpenChannel(label, options);
    }

    /// <summary>False when the channel is not open, the message too large for the other side, or the send buffer full.</summary>
    public bool SendMessage(Instant now, int channelId, ReadOnlySpan<byte> payload, bool isText)
    {
        _now = now;
        return !_closed && _data.Send(now, channelId, payload, isText);
    }

    /// <summary>Bytes that wait for the other side's acknowledgement: a caller that sends a lot watches this.</summary>
    public long BufferedAmount(int channelId) => _data.BufferedAmount(channelId);

    public void CloseChannel(Instant now, int channelId)
    {
        _now = now;
        _data.CloseChannel(channelId);
    }
}
