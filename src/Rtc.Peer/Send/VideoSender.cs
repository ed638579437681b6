using Rtc.Peer.Rtcp;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Send;

/// <summary>
/// One outgoing video stream: cuts frames into packets, numbers and writes them, leaves out temporal layers that a slow
/// viewer can't take, and begins with a key frame whenever what was sent is of no use. Packets are written only when
/// the pacer lets them go. Owned and called by the RTP session.
/// </summary>
internal sealed class VideoSender : IDisposable
{
    /// <summary>
    /// Payload bytes in one packet: with header, extensions, RTX number, SRTP tag and UDP/IPv6 it stays
    /// under the 1,280 bytes that every IPv6 link carries.
    /// </summary>
    public const int PayloadBudget = 1120;

    private const int ClockRate = 90_000;
    private const int MaxFrameBytes = 2 * 1024 * 1024;
    private const int PaddingTurns = 16;

    private static readonly TimeSpan s_shortestCacheTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestQueue = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_tolerableBacklog = TimeSpan.FromMilliseconds(250);

    private readonly PacketRing _ring;
    private readonly OutgoingFrames _frames;
    private readonly ResendQueue _resends;
    private readonly LossProtection _protection;
    private readonly PlayoutDelay _playout = new();
    private readonly RtpPacketWriter _writer;
    private readonly KeyFrameOrders _keys;
    private readonly LayerSelector _layers = new();
    private VideoSenderOptions _options;
    private ushort _pictureId;
    private byte _tl0;
    private SendCodec _codec;
    private bool _needsKey = true;
    private bool _active = true;
    private bool _opens = true;
    private uint _lastTimestamp;
    private Instant _lastFrameAt;

    public VideoSender(VideoSenderOptions options, PeerRandom random)
    {
        _options = options;
        // RFC 3550 section 5.1: random, and low enough that the first wrap is not near.
        _ring = new PacketRing(SequenceUnwrapper.FirstCycle + random.Next(1, 0x7FFF));
        _frames = new OutgoingFrames(_ring);
        _resends = new ResendQueue(_ring, Counters);
        _protection = new LossProtection(_ring);
        _keys = new KeyFrameOrders(Counters);
        _writer = new RtpPacketWriter(options, _playout, (ushort)random.Next(1, 0x7FFF));
        _pictureId = (ushort)random.Next(0, 0x7FFF);
        _tl0 = (byte)random.Next(0, 256);
    }

    public VideoSenderOptions Options => _options;

    public Ssrc Media => _options.Media;

    public SenderCounters Counters { get; } = new();

    public TimeSpan RoundTrip { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What this viewer may get; the session divides its estimate.</summary>
    public Bitrate Available { get; set; } = Bitrate.FromKilobits(1000);

    public bool HasMedia => _ring.Waiting > 0;

    public bool HasResends => _resends.Count > 0;

    /// <summary>When a packet is to be sent a second time; never where none is.</summary>
    public Instant NextCopy => _protection.NextDue;

    /// <summary>Its packets go twice, since some get lost.</summary>
    public bool IsProtected => CanProtect && _protection.IsActive;

    public long WaitingBytes => _frames.WaitingBytes;

    public void SetLayerLimit(int highest) => _layers.Limit = Math.Max(0, highest);

    public bool HasSent => _active && Counters.Packets > 0;

    /// <summary>
    /// Queues a frame; takes a reference of its own. False where it was left out: a layer above this
    /// viewer's, or a dependent frame after lost ones.
    /// </summary>
    public bool Send(Instant now, EncodedFrame frame)
    {
        Advance(now);
        if (!_active || !TryFind(frame.Codec, out SendCodec codec) || frame.Length == 0 || !Admit(now, frame))
        {
            Counters.FramesDropped++;
            return false;
        }

        if (frame.IsKey)
        {
            DropStale();
        }

        _codec = codec;
        long first = _ring.Head;
        (ushort pictureIdBefore, byte tl0Before) = (_pictureId, _tl0);
        if (frame.Codec == VideoCodec.Vp8)
        {
            _pictureId = (ushort)((_pictureId + 1) & 0x7FFF);
            _tl0 += frame.TemporalLayer == 0 ? (byte)1 : (byte)0;
            Vp8Packetizer.Packetize(frame, _pictureId, _tl0, PayloadBudget, _ring);
        }
        else
        {
            H264Packetizer.Packetize(frame, PayloadBudget, _ring);
        }

        if (_ring.Head == first)
        {
            Counters.FramesDropped++;
            return false;
        }

        _frames.Add(frame, first, now, pictureIdBefore, tl0Before);
        _needsKey &= !frame.IsKey;
        _lastTimestamp = frame.RtpTimestamp;
        _lastFrameAt = now;
        Counters.Frames++;
        return true;
    }

    /// <summary>Writes the next packet in turn; gives its length.</summary>
    public int WriteNext(Instant now, Span<byte> destination, ushort? transportSequence)
    {
        long sequence = _ring.Sent;
        ref PacketRecord packet = ref _ring[sequence];
        int length = _writer.Write(
            now, destination, sequence, packet, CodecOf(packet), Timestamp(packet), transportSequence, out int payload);
        packet.LastSent = now;
        _ring.MarkSent();
        _frames.OnSent(packet);
        Counters.Packets++;
        Counters.PayloadBytes += payload;
        if (packet.Form == PacketForm.Padding)
        {
            return length;
        }

        if (CanProtect)
        {
            _protection.OnSent(now, sequence, length, Available);
        }

        if (_opens)
        {
            // Of what came before the first packet that it got a viewer knows nothing, so it asks for none of it.
            _opens = false;
            _resends.Repeat(sequence);
        }

        return length;
    }

    /// <summary>Writes the next packet that was asked for again. False where it, or all of them, are gone.</summary>
    public bool TryWriteResend(Instant now, Span<byte> destination, ushort? transportSequence, out int length)
    {
        if (!_resends.TryTake(out long sequence))
        {
            length = 0;
            return false;
        }

        ref PacketRecord packet = ref _ring[sequence];
        if (!_writer.CanRepeat(sequence, CodecOf(packet)))
        {
            length = 0;
            return false;
        }

        packet.LastSent = now;
        length = WriteAgain(now, destination, sequence, packet, transportSequence);
        Counters.Resent++;
        if (CanProtect)
        {
            _protection.OnResent(now, sequence);
        }

        return true;
    }

    /// <summary>Writes the next packet that is sent twice unasked. False where all that were due are of no use any more.</summary>
    public bool TryWriteCopy(Instant now, Span<byte> destination, ushort? transportSequence, out int length)
    {
        if (!_protection.TryTake(now, out long sequence))
        {
            length = 0;
            return false;
        }

        length = WriteAgain(now, destination, sequence, _ring[sequence], transportSequence);
        Counters.Copies++;
        return true;
    }

    /// <summary>
    /// A packet that carries nothing new, to fill a probe: an earlier one again on the RTX stream, padding
    /// there where there is none, padding in turn on the media stream where there is no RTX.
    /// </summary>
    public bool TryWritePadding(Instant now, Span<byte> destination, ushort? transportSequence, out int length)
    {
        length = 0;
        if (!HasSent)
        {
            return false;
        }

        Counters.PaddingPackets++;
        if (_options.Rtx is not null && _codec.RtxPayloadType is { } rtxType)
        {
            // The last few in turn: what was lost of them is repaired on the way.
            long kept = Math.Clamp(_ring.Sent - _ring.Oldest, 1, PaddingTurns);
            long earlier = _ring.Sent - 1 - (Counters.PaddingPackets % kept);
            if (_ring.WasSent(earlier) && _ring[earlier].PayloadLength >= RtpPacketWriter.PaddingLength)
            {
                length = WriteAgain(now, destination, earlier, _ring[earlier], transportSequence);
                return true;
            }

            length = _writer.WriteRtxPadding(now, destination, rtxType, _lastTimestamp, transportSequence);
            return true;
        }

        if (HasMedia)
        {
            return false; // padding in the middle of a frame would belong to it
        }

        _ring.Add().Form = PacketForm.Padding;
        length = WriteNext(now, destination, transportSequence);
        return true;
    }

    public void OnNack(Instant now, NackReader nack)
    {
        _playout.OnMissing(now);
        _resends.OnNack(now, nack, RoundTrip);
    }

    /// <summary>The share of packets that this viewer missed of late, as the session's estimate has it.</summary>
    public void OnLoss(double share) => _protection.OnLoss(share);

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

    public SenderInfo MakeReport(Instant now, ulong ntp)
    {
        uint timestamp = _lastTimestamp + (uint)(long)((now - _lastFrameAt).TotalSeconds * ClockRate);
        return new SenderInfo(ntp, timestamp, (uint)Counters.Packets, (uint)Counters.PayloadBytes);
    }

    /// <summary>
    /// The same stream under other payload types or extension ids, from the next packet on: what waits and what is sent again
    /// takes the new ones too. A codec that is gone takes its frames along.
    /// </summary>
    public void Renegotiate(VideoSenderOptions options)
    {
        _options = options;
        _writer.Options = options;
        bool gone = _codec.Codec != VideoCodec.None && !TryFind(_codec.Codec, out _codec);
        if (gone || _frames.Has(frame => !TryFind(frame.Codec, out _)))
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
            _opens = true;
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
        _needsKey = true;
    }

    private void Forget()
    {
        _frames.Clear();
        _resends.Clear();
        _protection.Clear();
    }

    /// <summary>Lets go of what is too old to be asked for.</summary>
    public void Advance(Instant now)
    {
        TimeSpan keep = 3 * RoundTrip;
        _frames.ForgetSent(now, keep > s_shortestCacheTime ? keep : s_shortestCacheTime);
    }

    /// <summary>What goes again has a number of its own, on the RTX stream; without one it is the old packet to the byte.</summary>
    public bool NumbersResends => _writer.HasRtx(_codec);

    // Copies have a number of their own or are none.
    private bool CanProtect => _writer.HasRtx(_codec);

    private SendCodec CodecOf(in PacketRecord packet) =>
        packet.Frame is { } frame && frame.Codec != _codec.Codec && TryFind(frame.Codec, out SendCodec codec) ? codec : _codec;

    private uint Timestamp(in PacketRecord packet) => packet.Frame?.RtpTimestamp ?? _lastTimestamp;

    private int WriteAgain(Instant now, Span<byte> destination, long sequence, in PacketRecord packet, ushort? transportSequence) =>
        _writer.WriteAgain(now, destination, sequence, packet, CodecOf(packet), Timestamp(packet), transportSequence);

    private bool Admit(Instant now, EncodedFrame frame)
    {
        if (_ring.Waiting > 0 && now - _frames.OldestWaiting > s_longestQueue)
        {
            // What waits is stale: better a key frame than ever more delay.
            DropWaiting();
        }

        if ((_needsKey || frame.Codec != _codec.Codec) && !frame.IsKey)
        {
            _keys.Want(now);
            return false;
        }

        return frame.Length <= MaxFrameBytes && _layers.Accept(now, frame, Available);
    }

    /// <summary>Frames of which nothing was sent are taken back, and what came after them would depend on them.</summary>
    private void DropWaiting()
    {
        while (_frames.TryTakeBack(out OutgoingFrame entry))
        {
            _pictureId = entry.PictureIdBefore;
            _tl0 = entry.Tl0Before;
            _needsKey = true;
            Counters.FramesDropped++;
        }
    }

    /// <summary>
    /// After a collapse of the path, questions and unsent frames pile up: before a key frame they would cost
    /// more time than it does, and it makes them pointless.
    /// </summary>
    private void DropStale()
    {
        long backlog = WaitingBytes + (_resends.Count * PayloadBudget);
        if (backlog * 8 >= Available.BitsPerSecond * s_tolerableBacklog.TotalSeconds)
        {
            DropWaiting();
            _resends.RefuseBefore(_ring.Head);
        }
    }

    private bool TryFind(VideoCodec wanted, out SendCodec found)
    {
        for (int i = 0; i < _options.Codecs.Count; i++)
        {
            if (_options.Codecs[i].Codec == wanted)
            {
                found = _options.Codecs[i];
                return true;
            }
        }

        found = default;
        return false;
    }
}
