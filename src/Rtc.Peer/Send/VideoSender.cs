using Rtc.Peer.Rtcp;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Send;

/// <summary>
/// One outgoing video stream, from frames to packets: <see cref="FrameIntake"/> decides what goes in, <see cref="PacketOutput"/>
/// writes what the pacer lets go, and here is what the viewer asks for and what starts the stream over. Owned and called by the
/// RTP session.
/// </summary>
internal sealed class VideoSender : IDisposable
{
    /// <summary>
    /// Payload bytes in one packet: with header, extensions, RTX number, SRTP tag and UDP/IPv6 it stays
    /// under the 1,280 bytes that every IPv6 link carries.
    /// </summary>
    public const int PayloadBudget = 1120;

    public const int ClockRate = 90_000;

    private static readonly TimeSpan s_minCacheTime = TimeSpan.FromSeconds(1);

    private readonly PacketRing _ring;
    private readonly OutgoingFrames _frames;
    private readonly ResendQueue _resends;
    private readonly PlayoutDelay _playout = new();
    private readonly RtpPacketWriter _writer;
    private readonly KeyFrameOrders _keys;
    private readonly SendCodecs _codecs;
    private readonly PacketOutput _output;
    private readonly FrameIntake _intake;
    private bool _active = true;

    public VideoSender(VideoSenderOptions options, PeerRandom random)
    {
        Options = options;
        // RFC 3550 section 5.1: random, and low enough that the first wrap is not near.
        _ring = new PacketRing(SequenceUnwrapper.FirstCycle + random.Next(1, 0x7FFF));
        _frames = new OutgoingFrames(_ring);
        _resends = new ResendQueue(_ring, Counters);
        _keys = new KeyFrameOrders(Counters);
        _codecs = new SendCodecs(options.Codecs);
        _writer = new RtpPacketWriter(options, _playout, (ushort)random.Next(1, 0x7FFF));
        _output = new PacketOutput(_ring, _frames, _resends, _codecs, _writer, Counters);
        _intake = new FrameIntake(_ring, _frames, _resends, _codecs, _keys, Counters, random);
    }

    public VideoSenderOptions Options { get; private set; }

    public Ssrc Media => Options.Media;

    public SenderCounters Counters { get; } = new();

    public TimeSpan RoundTrip { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What this viewer may get; the session divides its estimate.</summary>
    public Bitrate Available { get; set; } = Bitrate.FromKilobits(1000);

    public bool HasMedia => _ring.Waiting > 0;

    public bool HasResends => _resends.Count > 0;

    public bool HasSent => _active && Counters.Packets > 0;

    /// <summary>When a packet is to be sent a second time; never where none is.</summary>
    public Instant NextCopy => _output.NextCopy;

    /// <summary>Its packets go twice, since some get lost.</summary>
    public bool IsProtected => _output.IsProtected;

    /// <summary>What goes again has a number of its own, on the RTX stream; without one it is the old packet to the byte.</summary>
    public bool NumbersResends => _output.NumbersResends;

    public long WaitingBytes => _frames.WaitingBytes;

    public void SetLayerLimit(int highest) => _intake.SetLayerLimit(highest);

    /// <summary>
    /// Queues a frame; takes a reference of its own. False where it was left out: a layer above this
    /// viewer's, or a dependent frame after lost ones.
    /// </summary>
    public bool Send(Instant now, EncodedFrame frame)
    {
        Advance(now);
        if (!_active || !_intake.TryAdd(now, frame, Available))
        {
            Counters.FramesDropped++;
            return false;
        }

        _output.OnFrame(now, frame.RtpTimestamp);
        Counters.Frames++;
        return true;
    }

    /// <summary>Lets go of what is too old to be asked for.</summary>
    public void Advance(Instant now)
    {
        TimeSpan keep = 3 * RoundTrip;
        _frames.ForgetSent(now, keep > s_minCacheTime ? keep : s_minCacheTime);
    }

    /// <summary>Writes the next packet in turn; gives its length.</summary>
    public int WriteNext(Instant now, Span<byte> destination, ushort? transportSequence) =>
        _output.WriteNext(now, destination, transportSequence, Available);

    /// <summary>Writes the next packet that was asked for again. False where it, or all of them, are gone.</summary>
    public bool TryWriteResend(Instant now, Span<byte> destination, ushort? transportSequence, out int length) =>
        _output.TryWriteResend(now, destination, transportSequence, out length);

    /// <summary>Writes the next packet that is sent twice unasked. False where all that were due are of no use any more.</summary>
    public bool TryWriteCopy(Instant now, Span<byte> destination, ushort? transportSequence, out int length) =>
        _output.TryWriteCopy(now, destination, transportSequence, out length);

    /// <summary>A packet that carries nothing new, to fill a probe. False before the first packet, and amid a frame without RTX.</summary>
    public bool TryWritePadding(Instant now, Span<byte> destination, ushort? transportSequence, out int length)
    {
        length = 0;
        return HasSent && _output.TryWritePadding(now, destination, transportSequence, Available, out length);
    }

    public void OnNack(Instant now, NackReader nack)
    {
        _playout.OnMissing(now);
        _resends.OnNack(now, nack, RoundTrip);
    }

    /// <summary>The share of packets that this viewer missed of late, as the session's estimate has it.</summary>
    public void OnLoss(double share) => _output.OnLoss(share);

    public void OnPli(Instant now) => _keys.Want(now);

    public void OnFir(Instant now, byte sequence) => _keys.OnFir(now, sequence);

    /// <summary>The viewer knows the stream: MID needn't be repeated. Its jitter is in units of the RTP clock.</summary>
    public void OnReport(Instant now, uint jitter)
    {
        _writer.StopNaming();
        _playout.OnJitter(now, TimeSpan.FromSeconds(jitter / (double)ClockRate));
    }

    /// <summary>True once for each key frame that the encoder has to make for this viewer.</summary>
    public bool TakeKeyFrameRequest() => _keys.Take();

    public SenderInfo MakeReport(Instant now, ulong ntp) =>
        new(ntp, _output.TimestampAt(now), (uint)Counters.Packets, (uint)Counters.PayloadBytes);

    /// <summary>
    /// The same stream under other payload types or extension ids, from the next packet on: what waits and what is sent again
    /// takes the new ones too. A codec that is gone takes its frames along.
    /// </summary>
    public void Renegotiate(VideoSenderOptions options)
    {
        Options = options;
        _writer.Options = options;
        if (!_codecs.TryReplace(options.Codecs) || _frames.Has(frame => !_codecs.TryFind(frame.Codec, out _)))
        {
            StartOver();
        }
    }

    /// <summary>
    /// What was sent could not be read: a key frame, unasked. Not every viewer without one asks (aiortc's does not), and none can
    /// ask again for packets that it knows nothing of.
    /// </summary>
    public void BeginAgain(Instant now)
    {
        if (HasSent)
        {
            StartOver();
            _output.Reopen();
            _keys.Want(now);
        }
    }

    /// <summary>What was sent or waits must not be seen any more: a key frame comes next, and until then nothing.</summary>
    public void ForgetFrames(Instant now)
    {
        StartOver();
        _keys.Want(now);
    }

    /// <summary>A section that stops sending lets its frames go and keeps its numbers; back again, it begins with a key frame.</summary>
    public void SetActive(bool active)
    {
        if (_active && !active)
        {
            StartOver();
        }

        _active = active;
    }

    public void Dispose() => Forget();

    /// <summary>Nothing of what was sent is of use any more: on from the next key frame.</summary>
    private void StartOver()
    {
        Forget();
        _intake.AwaitKeyFrame();
    }

    private void Forget()
    {
        _frames.Clear();
        _resends.Clear();
        _output.Clear();
    }
}
