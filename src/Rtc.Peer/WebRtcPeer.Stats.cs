using Rtc.Peer.Ice;
using Rtc.Peer.Session;

namespace Rtc.Peer;

public sealed partial class WebRtcPeer
{
    /// <summary>A snapshot of what this peer did so far.</summary>
    public PeerStats Stats
    {
        get
        {
            IceAgent ice = _transport.Ice;
            RtpStats media = _rtp.Stats;
            _drops.Set(DropReason.StunMalformed, ice.Counters.Malformed);
            _drops.Set(DropReason.StunUnauthenticated, ice.Counters.Unauthenticated);
            _drops.Set(DropReason.StunStray, ice.Counters.StrayResponses);
            _drops.Set(DropReason.RtpMalformed, media.DroppedMalformed + media.DroppedMalformedRtcp);
            _drops.Set(DropReason.RtpUnknownStream, media.DroppedUnknownStream + media.DroppedUnknownPayload);
            return new PeerStats
            {
                DatagramsReceived = _transport.DatagramsReceived,
                BytesReceived = _transport.BytesReceived,
                DatagramsSent = _datagramsSent,
                BytesSent = _bytesSent,
                RoundTrip = ice.RoundTrip is null ? null : media.RoundTrip,
                RemoteAddress = ice.Selected,
                Protocol = ice.Selected?.Protocol,
                SrtpProfile = _transport.Profile?.ToString(),
                DtlsCipher = _transport.CipherName,
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
                Drops = _drops.Copy(),
            };
        }
    }
}
