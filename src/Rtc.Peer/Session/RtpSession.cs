using Rtc.Peer.Congestion;
using Rtc.Peer.Receive;
using Rtc.Peer.Rtp;
using Rtc.Peer.Send;

namespace Rtc.Peer.Session;

/// <summary>
/// All media of one peer, between plain RTP/RTCP packets on one side and whole frames on the other: the
/// RTP session of RFC 3550 over one transport. Owns the streams, the pacer and the bandwidth estimate;
/// knows no SRTP, ICE or SDP. After each call the caller drains <see cref="TryTakePacket"/> and
/// <see cref="TryTakeEvent"/>, then waits until <see cref="NextDeadline"/>.
/// </summary>
internal sealed class RtpSession : IDisposable
{
    private const double PicturesShare = 0.65;
    private static readonly Bitrate s_minToShare = Bitrate.FromKilobits(600);

    private readonly RtpSessionOptions _options;
    private readonly ReceivingSide _receiving;
    private readonly SendingSide _sending;
    private readonly BandwidthEstimator _estimator;
    private readonly RepairShare _repairs = new();
    private readonly Pacer _pacer = new();
    private readonly RtcpComposer _rtcp;
    private readonly RtcpInput _feedback;
    private readonly Queue<RtpEvent> _events = new();
    private Bitrate _toldBitrate;
    private bool _connected;
    private long _packetsOut;
    private long _bytesOut;

    public RtpSession(RtpSessionOptions options, Instant now)
    {
        _options = options;
        _receiving = new ReceivingSide(options.Frames);
        _receiving.Configure([]);
        _sending = new SendingSide(options.Random, _events);
        _estimator = new BandwidthEstimator(options.StartBitrate, options.MinBitrate, options.MaxBitrate);
        _toldBitrate = _estimator.Target;
        _pacer.SetRate(now, _estimator.PacingRate(now));
        _rtcp = new RtcpComposer(options.Cname, options.Random.NextSsrc(), options.Random);
        _feedback = new RtcpInput(_receiving, _sending, _estimator, _events);
    }

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
                DroppedMalformedRtcp = _feedback.Malformed,
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

            foreach (VideoSender sender in _sending.Senders)
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

    public BandwidthEstimator Estimator => _estimator;

    public ReceivingSide Receiving => _receiving;

    /// <summary>What the encoder should aim at, over all streams.</summary>
    public Bitrate TargetBitrate => _estimator.Target;

    /// <summary>Frame bytes that wait for the pacer.</summary>
    public long WaitingBytes => _sending.Senders.Sum(sender => sender.WaitingBytes);

    public TimeSpan RoundTrip => _estimator.RoundTrip;

    /// <summary>After each negotiation. A section that stays keeps its streams.</summary>
    public void Configure(IReadOnlyList<RtpSection> sections)
    {
        _receiving.Configure(sections);
        _rtcp.ReducedSize = sections.Count > 0 && sections.All(section => section.ReducedSize);
        _sending.Configure(sections);
        _sending.Share(_estimator.Target);
    }

    /// <summary>Nothing leaves before the transport is up.</summary>
    public void SetConnected(bool connected) => _connected = connected;

    public void ReceiveRtp(Instant now, ReadOnlySpan<byte> packet)
    {
        if (_receiving.Receive(now, packet) is { } receiver)
        {
            TakeFrames(now, receiver);
        }
    }

    public void Advance(Instant now)
    {
        _receiving.Advance(now);
        foreach (VideoReceiver receiver in _receiving.Streams.Receivers)
        {
            TakeFrames(now, receiver);
        }

        foreach (VideoSender sender in _sending.Senders)
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

        Instant at = Instant.Min(_receiving.NextDeadline, _rtcp.Deadline(_receiving, _sending.Senders));
        foreach (VideoSender sender in _sending.Senders)
        {
            if (sender.HasMedia || sender.HasResends)
            {
                at = Instant.Min(at, _pacer.NextSend(now));
            }

            if (sender.NextCopy != Instant.Never)
            {
                Instant free = _pacer.NextSend(now);
                at = Instant.Min(at, free > sender.NextCopy ? free : sender.NextCopy);
            }

            if (sender.HasSent)
            {
                at = Instant.Min(at, _estimator.NextDeadline);
            }
        }

        return at;
    }

    public void ReceiveRtcp(Instant now, ReadOnlySpan<byte> compound)
    {
        _feedback.Receive(now, Ntp(now), compound);
        AfterEstimate(now);
    }

    /// <summary>A round trip measured elsewhere (STUN), used until reports give one.</summary>
    public void HintRoundTrip(TimeSpan roundTrip) => _feedback.HintRoundTrip(roundTrip);

    /// <summary>False where the section doesn't exist or the frame was left out for this viewer.</summary>
    public bool SendVideo(Instant now, string mid, EncodedFrame frame) => _sending.Send(now, mid, frame);

    /// <summary>Nothing of what the section has sent or holds is sent any more.</summary>
    public void ForgetVideo(Instant now, string mid) => _sending.Forget(now, mid);

    /// <summary>The other side could read nothing so far: every stream starts over with a key frame.</summary>
    public void BeginAgain(Instant now)
    {
        foreach (VideoSender sender in _sending.Senders)
        {
            sender.BeginAgain(now);
        }
    }

    /// <summary>Caps the choice of temporal layers that the estimate makes.</summary>
    public void SetTemporalLayerLimit(string mid, int highest) => _sending.SetLayerLimit(mid, highest);

    public void RequestKeyFrame(Instant now, string mid)
    {
        foreach (VideoReceiver receiver in _receiving.Streams.Receivers)
        {
            StreamTable.Section section = _receiving.Streams.SectionOf(receiver);
            if (section.Negotiated.Mid == mid && !section.Source.IsAside(now, receiver))
            {
                receiver.RequestKeyFrame(now);
            }
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

        length = _rtcp.Write(now, Ntp(now), buffer, _receiving, _sending.Senders);
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

    public void Dispose()
    {
        _receiving.Dispose();
        _sending.Dispose();
        while (_events.TryDequeue(out RtpEvent occurred))
        {
            occurred.Frame?.Dispose();
        }
    }

    private void TakeFrames(Instant now, VideoReceiver receiver)
    {
        while (receiver.TryTakeFrame(out EncodedFrame frame))
        {
            StreamTable.Section section = _receiving.Streams.SectionOf(receiver);
            if (section.Source.Takes(now, receiver, frame))
            {
                _events.Enqueue(new RtpEvent(RtpEventKind.VideoFrame, section.Negotiated.Mid, receiver.Rid, frame, default));
            }
            else
            {
                frame.Dispose();
            }
        }
    }

    private void AfterEstimate(Instant now)
    {
        _pacer.SetRate(now, _estimator.PacingRate(now));
        Bitrate forPictures = ForPictures();
        if (forPictures != _toldBitrate)
        {
            _toldBitrate = forPictures;
            _sending.Share(_estimator.Target);
            _events.Enqueue(new RtpEvent(RtpEventKind.BitrateChanged, "", "", null, _toldBitrate));
        }
    }

    /// <summary>On a lossy link part of the bandwidth is for packets that go twice, unless there is little of it.</summary>
    private Bitrate ForPictures() =>
        _estimator.Target > s_minToShare && _sending.Senders.Exists(sender => sender.IsProtected)
            ? new Bitrate((long)(_estimator.Target.BitsPerSecond * PicturesShare))
            : new Bitrate((long)(_estimator.Target.BitsPerSecond * (1 - _repairs.Value)));

    /// <summary>Resends first: a viewer that asked stands still. Then media, then copies, then what a probe needs to be full.</summary>
    private int WriteRtp(Instant now, Span<byte> buffer)
    {
        bool probing = _estimator.Probe.Active && now >= _estimator.Probe.NextSend;
        if (!probing && !_pacer.CanSend(now))
        {
            return 0;
        }

        foreach (VideoSender sender in _sending.Senders)
        {
            if (sender.HasResends && sender.TryWriteResend(now, buffer, Number(sender), out int length))
            {
                return OnSent(now, length, sender.NumbersResends && Number(sender) is not null, isRepair: true);
            }
        }

        foreach (VideoSender sender in _sending.Senders)
        {
            if (sender.HasMedia)
            {
                return OnSent(now, sender, sender.WriteNext(now, buffer, Number(sender)));
            }
        }

        foreach (VideoSender sender in _sending.Senders)
        {
            if (sender.NextCopy <= now && sender.TryWriteCopy(now, buffer, Number(sender), out int length))
            {
                return OnSent(now, sender, length);
            }
        }

        if (probing)
        {
            foreach (VideoSender sender in _sending.Senders)
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

    private int OnSent(Instant now, VideoSender sender, int length) => OnSent(now, length, Number(sender) is not null);

    private int OnSent(Instant now, int length, bool numbered, bool isRepair = false)
    {
        _repairs.OnSent(now, length, isRepair);
        _pacer.OnSent(length);
        _estimator.OnSent(now, length, numbered);
        return length;
    }

    private ulong Ntp(Instant now) => _options.NtpAtOrigin + NtpTime.FromMicroseconds(now.Microseconds);
}
