using Rtc.Peer.Ice;
using Rtc.Peer.Session;

namespace Rtc.Peer;

/// <summary>Counts what no layer of a <see cref="WebRtcPeer"/> counts alone, and joins it with theirs to one snapshot.</summary>
internal sealed class PeerCounters
{
    private long _datagramsSent;
    private long _bytesSent;

    public DropCounters Drops { get; } = new();

    public void OnSent(int bytes)
    {
        _datagramsSent++;
        _bytesSent += bytes;
    }

    public PeerStats Snapshot(PeerTransport transport, RtpStats media)
    {
        IceAgent ice = transport.Ice;
        Drops.Set(DropReason.StunMalformed, ice.Counters.Malformed);
        Drops.Set(DropReason.StunUnauthenticated, ice.Counters.Unauthenticated);
        Drops.Set(DropReason.StunStray, ice.Counters.StrayResponses);
        Drops.Set(DropReason.RtpMalformed, media.DroppedMalformed + media.DroppedMalformedRtcp);
        Drops.Set(DropReason.RtpUnknownStream, media.DroppedUnknownStream + media.DroppedUnknownPayload);
        return new PeerStats
        {
            DatagramsReceived = transport.DatagramsReceived,
            BytesReceived = transport.BytesReceived,
            DatagramsSent = _datagramsSent,
            BytesSent = _bytesSent,
            RoundTrip = ice.RoundTrip is null ? null : media.RoundTrip,
            RemoteAddress = ice.Selected,
            Protocol = ice.Selected?.Protocol,
            SrtpProfile = transport.Profile?.ToString(),
            DtlsCipher = transport.CipherName,
            PacketsReceived = media.PacketsIn,
            PacketsSent = media.PacketsOut,
            PacketsLost = media.PacketsLost,
            PacketsRepaired = media.PacketsRepaired,
            FramesReceived = media.FramesIn,
            FramesSent = media.FramesOut,
            FramesLeftOut = media.FramesLeftOut,
            Jitter = media.Jitter,
            NacksSent = media.NacksOut,
            NacksReceived = media.NacksIn,
            PacketsResent = media.Resent,
            KeyFramesRequested = media.PlisOut,
            KeyFrameRequestsReceived = media.KeyFrameRequestsIn,
            EstimatedBitrate = media.Estimate,
            SendLoss = media.SendLoss,
            ChecksSent = ice.Counters.ChecksSent,
            ChecksReceived = ice.Counters.ChecksReceived,
            Drops = Drops.Copy(),
        };
    }
}
