using Rtc.Peer.Receive;
using Rtc.Peer.Send;

namespace Rtc.Peer.Session;

internal sealed partial class RtpSession
{
    public RtpStats Stats
    {
        get
        {
            RtpStats stats = new()
            {
                PacketsIn = _receiving.Packets,
                BytesIn = _receiving.Bytes,
                PacketsOut = _packetsOut,
                BytesOut = _bytesOut,
                RoundTrip = RoundTrip,
                Estimate = _estimator.Estimate,
                SendLoss = _estimator.Loss,
                DroppedMalformed = _receiving.Malformed,
                DroppedUnknownStream = _receiving.Unknown,
                DroppedMalformedRtcp = _malformedRtcp,
            };
            foreach (VideoReceiver receiver in _receiving.Streams.Receivers)
            {
                ReceiverCounters counters = receiver.Counters;
                stats = stats with
                {
                    FramesIn = stats.FramesIn + counters.Frames,
                    PacketsLost = stats.PacketsLost + receiver.Statistics.Lost,
                    PacketsRepaired = stats.PacketsRepaired + counters.Repaired,
                    Jitter = receiver.Statistics.Jitter,
                    NacksOut = stats.NacksOut + counters.Nacked,
                    PlisOut = stats.PlisOut + counters.Plis,
                    DroppedUnknownPayload = stats.DroppedUnknownPayload + counters.UnknownPayload,
                };
            }

            foreach (VideoSender sender in _senders)
            {
                SenderCounters counters = sender.Counters;
                stats = stats with
                {
                    FramesOut = stats.FramesOut + counters.Frames,
                    FramesLeftOut = stats.FramesLeftOut + counters.FramesDropped,
                    NacksIn = stats.NacksIn + counters.Nacks,
                    KeyFrameRequestsIn = stats.KeyFrameRequestsIn + counters.KeyFrameRequests,
                    Resent = stats.Resent + counters.Resent,
                };
            }

            return stats;
        }
    }
}
