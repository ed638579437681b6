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
internal sealed partial class RtpSession : IDisposable
{
    private const double PicturesShare = 0.65;
    private static readonly Bitrate s_minToShare = Bitrate.FromKilobits(600);

    private readonly RtpSessionOptions _options;
    private readonly PeerRandom _random;
    private readonly ReceivingSide _receiving;
    private readonly List<VideoSender> _senders = [];
    private readonly List<string> _senderMids = [];
    private readonly BandwidthEstimator _estimator;
    private readonly RepairShare _repairs = new();
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
        _random = options.Random;
        _receiving = new ReceivingSide(options.Frames);
        _receiving.Configure([]);
        _estimator = new BandwidthEstimator(options.StartBitrate, options.MinBitrate, options.MaxBitrate);
        _toldBitrate = _estimator.Target;
        _pacer.SetRate(now, _estimator.PacingRate(now));
        _rtcp = new RtcpComposer(options.Cname, _random.NextSsrc(), _random);
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

    /// <summary>Nothing of what the section has sent or holds is sent any more.</summary>
    public void ForgetVideo(Instant now, string mid)
    {
        int index = _senderMids.IndexOf(mid);
        if (index >= 0)
        {
            _senders[index].ForgetFrames(now);
            TakeKeyRequest(index);
        }
    }

    /// <summary>The other side could read nothing so far: every stream begins anew.</summary>
    public void BeginAgain(Instant now)
    {
        foreach (VideoSender sender in _senders)
        {
            sender.BeginAgain(now);
        }
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

    private void TakeFrames(VideoReceiver receiver)
    {
        while (receiver.TryTakeFrame(out EncodedFrame frame))
        {
            _events.Enqueue(
                new RtpEvent(RtpEventKind.VideoFrame, _receiving.Streams.SectionOf(receiver).Negotiated.Mid, receiver.Rid, frame, default));
        }
    }

    private void TakeKeyRequest(int index)
    {
        if (_senders[index].TakeKeyFrameRequest())
        {
            _events.Enqueue(new RtpEvent(RtpEventKind.KeyFrameNeeded, _senderMids[index], "", null, default));
        }
    }

    private void AfterEstimate(Instant now)
    {
        _pacer.SetRate(now, _estimator.PacingRate(now));
        Bitrate forPictures = ForPictures();
        if (forPictures != _toldBitrate)
        {
            _toldBitrate = forPictures;
            Share();
            _events.Enqueue(new RtpEvent(RtpEventKind.BitrateChanged, "", "", null, _toldBitrate));
        }
    }

    /// <summary>On a lossy link part of the bandwidth is for packets that go twice, unless there is little of it.</summary>
    private Bitrate ForPictures() =>
        _estimator.Target > s_minToShare && _senders.Exists(sender => sender.IsProtected)
            ? new Bitrate((long)(_estimator.Target.BitsPerSecond * PicturesShare))
            : new Bitrate((long)(_estimator.Target.BitsPerSecond * (1 - _repairs.Value)));

    private void Share()
    {
        foreach (VideoSender sender in _senders)
        {
            sender.Available = new Bitrate(_estimator.Target.BitsPerSecond / _senders.Count);
        }
    }

    /// <summary>Resends first: a viewer that asked stands still. Then media, then copies, then what a probe needs to be full.</summary>
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
                return OnSent(now, length, sender.NumbersResends && Number(sender) is not null, isRepair: true);
            }
        }

        foreach (VideoSender sender in _senders)
        {
            if (sender.HasMedia)
            {
                return OnSent(now, sender, sender.WriteNext(now, buffer, Number(sender)));
            }
        }

        foreach (VideoSender sender in _senders)
        {
            if (sender.NextCopy <= now && sender.TryWriteCopy(now, buffer, Number(sender), out int length))
            {
                return OnSent(now, sender, length);
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
