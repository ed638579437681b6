using Rtc.Peer.Rtcp;
using Rtc.Peer.Send;

namespace Rtc.Peer.Session;

/// <summary>What the other side's RTCP says, and whom it concerns.</summary>
internal sealed partial class RtpSession
{
    private static readonly TimeSpan s_minRoundTrip = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_maxRoundTrip = TimeSpan.FromSeconds(3);

    private bool _hasRoundTrip;

    public void ReceiveRtcp(Instant now, ReadOnlySpan<byte> compound)
    {
        RtcpCompoundReader reader = new(compound);
        while (reader.TryRead(out RtcpPacketView packet))
        {
            switch (packet.Type)
            {
                case RtcpType.SenderReport or RtcpType.ReceiverReport when ReportView.TryParse(packet, out ReportView report):
                    OnReport(now, report);
                    break;
                case RtcpType.TransportFeedback or RtcpType.PayloadFeedback when FeedbackView.TryParse(packet, out FeedbackView feedback):
                    OnFeedback(now, packet, feedback);
                    break;
                case RtcpType.Bye:
                    OnBye(packet);
                    break;
                case RtcpType.SourceDescription:
                    break;
                default:
                    _malformedRtcp++;
                    break;
            }
        }

        _malformedRtcp += reader.Malformed ? 1 : 0;
        AfterEstimate(now);
    }

    /// <summary>A round trip that somebody else measured (STUN), until reports give ours.</summary>
    public void HintRoundTrip(TimeSpan roundTrip)
    {
        if (!_hasRoundTrip)
        {
            SetRoundTrip(roundTrip);
        }
    }

    private void OnReport(Instant now, ReportView report)
    {
        if (report.Info.Ntp != 0)
        {
            _receiving.OnSenderReport(now, report);
        }

        for (int i = 0; i < report.Count; i++)
        {
            ReportBlock block = report.Block(i);
            if (FindSender(block.Source) is not int index)
            {
                continue;
            }

            _senders[index].OnReport(now, block.Jitter);
            _estimator.OnReport(now, block.FractionLost);
            if (!_estimator.HasFeedback)
            {
                TellLoss();
            }

            if (block.LastSenderReport != 0)
            {
                uint elapsed = NtpTime.Compact(Ntp(now)) - block.LastSenderReport - block.DelaySinceLastSenderReport;
                TimeSpan sample = NtpTime.FromCompactSpan(elapsed);
                if (sample < s_maxRoundTrip)
                {
                    SetRoundTrip(_hasRoundTrip ? RoundTrip + ((sample - RoundTrip) / 4) : sample);
                    _hasRoundTrip = true;
                }
            }
        }
    }

    private void OnFeedback(Instant now, RtcpPacketView packet, FeedbackView feedback)
    {
        switch (packet.Type, packet.Count)
        {
            case (RtcpType.TransportFeedback, RtcpType.TransportWide):
                if (TransportFeedbackReader.TryParse(feedback.Information, out TransportFeedbackReader arrivals))
                {
                    _estimator.OnFeedback(now, arrivals);
                    TellLoss();
                }
                else
                {
                    _malformedRtcp++;
                }

                break;
            case (RtcpType.TransportFeedback, RtcpType.Nack):
                if (FindSender(feedback.Media) is int asked)
                {
                    _senders[asked].OnNack(now, new NackReader(feedback.Information));
                }

                break;
            case (RtcpType.PayloadFeedback, RtcpType.Pli):
                if (FindSender(feedback.Media) is int lost)
                {
                    _senders[lost].OnPli(now);
                    TakeKeyRequest(lost);
                }

                break;
            case (RtcpType.PayloadFeedback, RtcpType.Fir):
                FirReader entries = new(feedback.Information);
                while (entries.TryRead(out Ssrc media, out byte sequence))
                {
                    if (FindSender(media) is int wanted)
                    {
                        _senders[wanted].OnFir(now, sequence);
                        TakeKeyRequest(wanted);
                    }
                }

                break;
            case (RtcpType.PayloadFeedback, RtcpType.ApplicationLayer):
                if (RembView.TryParse(feedback.Information, out RembView remb))
                {
                    _estimator.OnRemb(now, remb.Bitrate);
                }

                break;
            default:
                break;
        }
    }

    private void OnBye(RtcpPacketView packet)
    {
        for (int i = 0; i < packet.Count && (i + 1) * 4 <= packet.Body.Length; i++)
        {
            Ssrc source = new(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(packet.Body[(i * 4)..]));
            if (_receiving.Streams.Find(source) is { } receiver)
            {
                _events.Enqueue(
                    new RtpEvent(
                        RtpEventKind.StreamEnded, _receiving.Streams.SectionOf(receiver).Negotiated.Mid, receiver.Rid, null, default));
                _receiving.Streams.Remove(receiver);
            }
        }
    }

    private void TellLoss()
    {
        foreach (VideoSender sender in _senders)
        {
            sender.OnLoss(_estimator.Loss);
        }
    }

    private int? FindSender(Ssrc media)
    {
        for (int i = 0; i < _senders.Count; i++)
        {
            if (_senders[i].Media == media)
            {
                return i;
            }
        }

        return null;
    }

    private void SetRoundTrip(TimeSpan roundTrip)
    {
        roundTrip = roundTrip < s_minRoundTrip ? s_minRoundTrip : roundTrip;
        _estimator.RoundTrip = roundTrip;
        foreach (VideoSender sender in _senders)
        {
            sender.RoundTrip = roundTrip;
        }

        _receiving.Streams.HintRoundTrip(roundTrip);
    }
}
