using Rtc.Peer.Congestion;
using Rtc.Peer.Receive;
using Rtc.Peer.Rtcp;
using Rtc.Peer.Send;

namespace Rtc.Peer.Rtp;

/// <summary>
/// All media of one peer, between plain RTP/RTCP packets on one side and whole frames on the other: the
/// RTP session of RFC 3550 over one transport. Owns the streams, the pacer and the bandwidth estimate;
/// knows no SRTP, ICE or SDP. After each call the caller drains <see cref="TryTakePacket"/> and
/// <see cref="TryTakeEvent"/>, then waits until <see cref="NextDeadline"/>.
/// </summary>
internal sealed class RtpSession : IDisposable
{
    private static readonly TimeSpan s_leastRoundTrip = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_mostRoundTrip = TimeSpan.FromSeconds(3);

    private readonly RtpSessionOptions _options;
    private readonly Random _random;
    private readonly ReceivingSide _receiving;
    private readonly List<VideoSender> _senders = [];
    private readonly List<string> _senderMids = [];
    private readonly BandwidthEstimator _estimator;
    private readonly Pacer _pacer = new();
    private readonly RtcpComposer _rtcp;
    private readonly Queue<RtpEvent> _events = new();
    private Bitrate _toldBitrate;
    private bool _connected;
    private long _packetsOut;
    private long _bytesOut;
    private long _malformedRtcp;

    public RtpSession(RtpSessionOptions options, Instant now)
    {
        _options = options;
        _random = new Random(options.Seed);
        _receiving = new ReceivingSide(options.Frames);
        _receiving.Configure([]);
        _estimator = new BandwidthEstimator(options.StartBitrate, options.LeastBitrate, options.MostBitrate);
        _toldBitrate = _estimator.Target;
        _pacer.SetRate(now, _estimator.PacingRate(now));
        _rtcp = new RtcpComposer(options.Cname, new Ssrc((uint)_random.NextInt64(1, uint.MaxValue)));
    }

    public BandwidthEstimator Estimator => _estimator;

    public ReceivingSide Receiving => _receiving;

    /// <summary>What the encoder should aim at, over all streams.</summary>
    public Bitrate TargetBitrate => _estimator.Target;

    /// <summary>Frame bytes that wait for the pacer.</summary>
    public long WaitingBytes => _senders.Sum(sender => sender.WaitingBytes);

    public TimeSpan RoundTrip => _estimator.RoundTrip;

    /// <summary>After each negotiation. A section that stays keeps its streams.</summary>
    public void Configure(Instant now, IReadOnlyList<RtpSection> sections)
    {
        _receiving.Configure(sections);
        _rtcp.ReducedSize = sections.Count > 0 && sections.All(section => section.ReducedSize);
        for (int i = _senders.Count - 1; i >= 0; i--)
        {
            if (!sections.Any(section => Continues(section, _senderMids[i], _senders[i])))
            {
                _senders[i].Dispose();
                _senders.RemoveAt(i);
                _senderMids.RemoveAt(i);
            }
        }

        foreach (RtpSection section in sections)
        {
            int index = _senderMids.IndexOf(section.Mid);
            if (index >= 0)
            {
                _senders[index].Renegotiate(OptionsFor(section));
                _senders[index].SetActive(section.Sends);
            }
            else if (section.Sends)
            {
                _senders.Add(new VideoSender(OptionsFor(section), _random));
                _senderMids.Add(section.Mid);
            }
        }

        Share();
    }

    /// <summary>Nothing leaves before the transport is up.</summary>
    public void SetConnected(bool connected) => _connected = connected;

    public void ReceiveRtp(Instant now, ReadOnlySpan<byte> packet)
    {
        if (_receiving.Receive(now, packet) is { } receiver)
        {
            TakeFrames(receiver);
        }
    }

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

    public void Advance(Instant now)
    {
        _receiving.Advance(now);
        foreach (VideoReceiver receiver in _receiving.Streams.Receivers)
        {
            TakeFrames(receiver);
        }

        foreach (VideoSender sender in _senders)
        {
            sender.Advance(now);
        }

        _estimator.Advance(now);
        AfterEstimate(now);
    }

    public Instant NextDeadline(Instant now)
    {
        if (!_connected)
        {
            return Instant.Never;
        }

        Instant at = Instant.Min(_receiving.NextDeadline, _rtcp.Deadline(_receiving, _senders));
        foreach (VideoSender sender in _senders)
        {
            if (sender.HasMedia || sender.HasResends)
            {
                at = Instant.Min(at, _pacer.NextSend(now));
            }

            if (sender.HasSent)
            {
                at = Instant.Min(at, _estimator.NextDeadline);
            }
        }

        return at;
    }

    /// <summary>False where the section doesn't exist or the frame was left out for this viewer.</summary>
    public bool SendVideo(Instant now, string mid, EncodedFrame frame)
    {
        int index = _senderMids.IndexOf(mid);
        if (index < 0)
        {
            return false;
        }

        bool sent = _senders[index].Send(now, frame);
        TakeKeyRequest(index);
        return sent;
    }

    /// <summary>Caps the choice of temporal layers that the estimate makes.</summary>
    public void SetTemporalLayerLimit(string mid, int highest)
    {
        int index = _senderMids.IndexOf(mid);
        if (index >= 0)
        {
            _senders[index].SetLayerLimit(highest);
        }
    }

    public void RequestKeyFrame(Instant now, string mid)
    {
        foreach (VideoReceiver receiver in _receiving.Streams.Receivers)
        {
            if (_receiving.Streams.SectionOf(receiver).Negotiated.Mid == mid)
            {
                receiver.RequestKeyFrame(now);
            }
        }
    }

    /// <summary>A round trip that somebody else measured (STUN), until reports give ours.</summary>
    public void HintRoundTrip(TimeSpan roundTrip)
    {
        if (!_hasRoundTrip)
        {
            SetRoundTrip(roundTrip);
        }
    }

    /// <summary>Writes the next packet that may leave now. The buffer holds at least 1,250 bytes.</summary>
    public bool TryTakePacket(Instant now, Span<byte> buffer, out int length, out bool isRtcp)
    {
        length = 0;
        isRtcp = true;
        if (!_connected)
        {
            return false;
        }

        length = _rtcp.Write(now, Ntp(now), buffer, _receiving, _senders);
        if (length == 0)
        {
            isRtcp = false;
            length = WriteRtp(now, buffer);
        }

        if (length > 0)
        {
            _packetsOut++;
            _bytesOut += length;
        }

        return length > 0;
    }

    public bool TryTakeEvent(out RtpEvent occurred) => _events.TryDequeue(out occurred);

    /// <summary>Says goodbye with the next packet.</summary>
    public void Close() => _rtcp.SayBye();

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

    public void Dispose()
    {
        _receiving.Dispose();
        foreach (VideoSender sender in _senders)
        {
            sender.Dispose();
        }

        _senders.Clear();
        _senderMids.Clear();
        while (_events.TryDequeue(out RtpEvent occurred))
        {
            occurred.Frame?.Dispose();
        }
    }

    private bool _hasRoundTrip;

    // Also while it does not send: its numbers go on under the same SSRC. Beginning anew would use SRTP's
    // numbers of before a second time, which the transport refuses.
    private static bool Continues(RtpSection section, string mid, VideoSender sender) =>
        section.Mid == mid && section.SendSsrc == sender.Media;

    private static VideoSenderOptions OptionsFor(RtpSection section) => new()
    {
        Media = section.SendSsrc,
        Rtx = section.SendRtxSsrc,
        Mid = section.Mid,
        Extensions = section.Extensions,
        Codecs = [.. section.Codecs.Select(codec => new SendCodec(codec.Codec, codec.PayloadType, codec.RtxPayloadType))],
    };

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

            _senders[index].OnReport();
            _estimator.OnReport(now, block.FractionLost);
            if (block.LastSenderReport != 0)
            {
                uint elapsed = NtpTime.Compact(Ntp(now)) - block.LastSenderReport - block.DelaySinceLastSenderReport;
                TimeSpan sample = NtpTime.FromCompactSpan(elapsed);
                if (sample < s_mostRoundTrip)
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
                _events.Enqueue(new RtpEvent(RtpEventKind.StreamEnded, _receiving.Streams.SectionOf(receiver).Negotiated.Mid, receiver.Rid, null, default));
                _receiving.Streams.Remove(receiver);
            }
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

    private void TakeFrames(VideoReceiver receiver)
    {
        while (receiver.TryTakeFrame(out EncodedFrame frame))
        {
            _events.Enqueue(new RtpEvent(RtpEventKind.VideoFrame, _receiving.Streams.SectionOf(receiver).Negotiated.Mid, receiver.Rid, frame, default));
        }
    }

    private void TakeKeyRequest(int index)
    {
        if (_senders[index].TakeKeyFrameRequest())
        {
            _events.Enqueue(new RtpEvent(RtpEventKind.KeyFrameNeeded, _senderMids[index], "", null, default));
        }
    }

    private void SetRoundTrip(TimeSpan roundTrip)
    {
        roundTrip = roundTrip < s_leastRoundTrip ? s_leastRoundTrip : roundTrip;
        _estimator.RoundTrip = roundTrip;
        foreach (VideoSender sender in _senders)
        {
            sender.RoundTrip = roundTrip;
        }

        _receiving.Streams.HintRoundTrip(roundTrip);
    }

    private void AfterEstimate(Instant now)
    {
        _pacer.SetRate(now, _estimator.PacingRate(now));
        if (_estimator.Target != _toldBitrate)
        {
            _toldBitrate = _estimator.Target;
            Share();
            _events.Enqueue(new RtpEvent(RtpEventKind.BitrateChanged, "", "", null, _toldBitrate));
        }
    }

    private void Share()
    {
        foreach (VideoSender sender in _senders)
        {
            sender.Available = new Bitrate(_estimator.Target.BitsPerSecond / _senders.Count);
        }
    }

    /// <summary>Resends first: whoever asked is standing still. Then media, then what a probe needs to be full.</summary>
    private int WriteRtp(Instant now, Span<byte> buffer)
    {
        bool probing = _estimator.Probe.Active && now >= _estimator.Probe.NextSend;
        if (!probing && !_pacer.CanSend(now))
        {
            return 0;
        }

        foreach (VideoSender sender in _senders)
        {
            if (sender.HasResends && sender.TryWriteResend(now, buffer, Number(sender), out int length))
            {
                return OnSent(now, sender, length);
            }
        }

        foreach (VideoSender sender in _senders)
        {
            if (sender.HasMedia)
            {
                return OnSent(now, sender, sender.WriteNext(now, buffer, Number(sender)));
            }
        }

        if (probing)
        {
            foreach (VideoSender sender in _senders)
            {
                if (sender.TryWritePadding(now, buffer, Number(sender), out int length))
                {
                    return OnSent(now, sender, length);
                }
            }
        }

        return 0;
    }

    private ushort? Number(VideoSender sender) =>
        sender.Options.Extensions.Has(RtpExtension.TransportSequence) ? _estimator.NextNumber : null;

    private int OnSent(Instant now, VideoSender sender, int length)
    {
        _pacer.OnSent(length);
        _estimator.OnSent(now, length, Number(sender) is not null);
        return length;
    }

    private ulong Ntp(Instant now) => _options.NtpAtOrigin + NtpTime.FromMicroseconds(now.Microseconds);
}
