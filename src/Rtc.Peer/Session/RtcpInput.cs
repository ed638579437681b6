using Rtc.Peer.Congestion;
using Rtc.Peer.Rtcp;
using Rtc.Peer.Send;

namespace Rtc.Peer.Session;

/// <summary>Reads the other side's RTCP and gives each report, request and estimate to the stream that it concerns.</summary>
internal sealed class RtcpInput(ReceivingSide receiving, SendingSide sending, BandwidthEstimator estimator, Queue<RtpEvent> events)
{
    private static readonly TimeSpan s_minRoundTrip = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_maxRoundTrip = TimeSpan.FromSeconds(3);

    private bool _hasRoundTrip;

    public long Malformed { get; private set; }

    /// <param name="now">The time.</param>
    /// <param name="ntp">The same as reports have it.</param>
    /// <param name="compound">One RTCP packet, or several in a row.</param>
    public void Receive(Instant now, ulong ntp, ReadOnlySpan<byte> compound)
    {
        RtcpCompoundReader reader = new(compound);
        while (reader.TryRead(out RtcpPacketView packet))
        {
            switch (packet.Type)
            {
                case RtcpType.SenderReport or RtcpType.ReceiverReport when ReportView.TryParse(packet, out ReportView report):
                    OnReport(now, ntp, report);
                    break;
                case RtcpType.TransportFeedback or RtcpType.PayloadFeedback when FeedbackView.TryParse(packet, out FeedbackView feedback):
                    OnFeedback(now, packet, feedback);
                    break;
                case RtcpType.Bye:
                    OnBye(packet);
                    break;
                case RtcpType.SenderReport or RtcpType.ReceiverReport or RtcpType.TransportFeedback or RtcpType.PayloadFeedback:
                    Malformed++;
                    break;
                default:
                    // Descriptions of the source, and types that aren't known here (RFC 3550 section 6.1), such as XR and APP.
                    break;
            }
        }

        Malformed += reader.Malformed ? 1 : 0;
    }

    /// <summary>A round trip measured elsewhere (STUN), used until reports give one.</summary>
    public void HintRoundTrip(TimeSpan roundTrip)
    {
        if (!_hasRoundTrip)
        {
            SetRoundTrip(roundTrip);
        }
    }

    private void OnReport(Instant now, ulong ntp, ReportView report)
    {
        if (report.Info.Ntp != 0)
        {
            receiving.OnSenderReport(now, report);
        }

        for (int i = 0; i < report.Count; i++)
        {
            ReportBlock block = report.Block(i);
            if (sending.Find(block.Source) is not int index)
            {
                continue;
            }

            sending.Senders[index].OnReport(now, block.Jitter);
            estimator.OnReport(now, block.FractionLost);
            if (!estimator.HasFeedback)
            {
                TellLoss();
            }

            if (block.LastSenderReport != 0)
            {
                uint elapsed = NtpTime.Compact(ntp) - block.LastSenderReport - block.DelaySinceLastSenderReport;
                TimeSpan sample = NtpTime.FromCompactSpan(elapsed);
                if (sample < s_maxRoundTrip)
                {
                    SetRoundTrip(_hasRoundTrip ? estimator.RoundTrip + ((sample - estimator.RoundTrip) / 4) : sample);
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
                    estimator.OnFeedback(now, arrivals);
                    TellLoss();
                }
                else
                {
                    Malformed++;
                }

                break;
            case (RtcpType.TransportFeedback, RtcpType.Nack):
                if (sending.Find(feedback.Media) is int asked)
                {
                    sending.Senders[asked].OnNack(now, new NackReader(feedback.Information));
                }

                break;
            case (RtcpType.PayloadFeedback, RtcpType.Pli):
                if (sending.Find(feedback.Media) is int lost)
                {
                    sending.Senders[lost].OnPli(now);
                    sending.TakeKeyRequest(lost);
                }

                break;
            case (RtcpType.PayloadFeedback, RtcpType.Fir):
                FirReader entries = new(feedback.Information);
                while (entries.TryRead(out Ssrc media, out byte sequence))
                {
                    if (sending.Find(media) is int wanted)
                    {
                        sending.Senders[wanted].OnFir(now, sequence);
                        sending.TakeKeyRequest(wanted);
                    }
                }

                break;
            case (RtcpType.PayloadFeedback, RtcpType.ApplicationLayer):
                if (RembView.TryParse(feedback.Information, out RembView remb))
                {
                    estimator.OnRemb(now, remb.Bitrate);
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
            if (receiving.Streams.Find(source) is { } receiver)
            {
                events.Enqueue(
                    new RtpEvent(
                        RtpEventKind.StreamEnded, receiving.Streams.SectionOf(receiver).Negotiated.Mid, receiver.Rid, null, default));
                receiving.Streams.Remove(receiver);
            }
        }
    }

    private void TellLoss()
    {
        foreach (VideoSender sender in sending.Senders)
        {
            sender.OnLoss(estimator.Loss);
        }
    }

    private void SetRoundTrip(TimeSpan roundTrip)
    {
        roundTrip = roundTrip < s_minRoundTrip ? s_minRoundTrip : roundTrip;
        estimator.RoundTrip = roundTrip;
        foreach (VideoSender sender in sending.Senders)
        {
            sender.RoundTrip = roundTrip;
        }

        receiving.Streams.HintRoundTrip(roundTrip);
    }
}
