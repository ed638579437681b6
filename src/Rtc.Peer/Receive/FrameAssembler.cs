using Rtc.Peer.Rtp;

namespace Rtc.Peer.Receive;

internal enum InsertResult : byte
{
    Taken,
    Stored,
    Late,
    Duplicate,
    Malformed,
}

/// <summary>
/// Puts one stream's packets in order and joins them to frames. A packet that comes in turn goes
/// straight into the open frame; one that comes early waits in <see cref="PacketSlots"/>. A frame is
/// ready the instant its last packet is there and all before it are done. Time is decided elsewhere:
/// <see cref="VideoReceiver"/> says when waiting has lasted long enough.
/// </summary>
internal sealed class FrameAssembler : IDisposable
{
    // A key frame's first packet may come after its second.
    private const int WaitingWindow = 128;
    private const int MaxFrameBytes = 8 * 1024 * 1024;

    private readonly EncodedFramePool _frames;
    private readonly PacketSlots _slots;
    private readonly Vp8Depacketizer _vp8 = new();
    private readonly H264Depacketizer _h264 = new();
    private readonly Queue<EncodedFrame> _ready = new();
    private TemporalContinuity _layers = new();
    private EncodedFrame? _open;
    private int _openTl0;
    private bool _started;
    private bool _opening;
    private long _next;
    private long _highest;
    private CarriedFacts _carried;

    public FrameAssembler(EncodedFramePool frames, PacketBufferPool buffers)
    {
        _frames = frames;
        _slots = new PacketSlots(buffers);
    }

    /// <summary>Nothing can be decoded before a key frame comes.</summary>
    public bool WaitingForKey { get; private set; } = true;

    /// <summary>While waiting, part of a dependent frame came: the sender doesn't know yet.</summary>
    public bool SawDelta { get; private set; }

    /// <summary>The packet that everything waits for.</summary>
    public long Next => _next;

    public Instant BlockedSince { get; private set; } = Instant.Never;

    public long FramesSpoilt { get; private set; }

    public long FramesReady { get; private set; }

    public H264Depacketizer H264 => _h264;

    public InsertResult Insert(in MediaPacket packet, ReadOnlySpan<byte> payload)
    {
        if (!_started)
        {
            _started = true;
            _next = packet.Sequence - WaitingWindow;
            _highest = packet.Sequence;
        }

        if (packet.Sequence < _next)
        {
            return InsertResult.Late;
        }

        if (_slots.Contains(packet.Sequence))
        {
            return InsertResult.Duplicate;
        }

        PayloadKind kind = default;
        if (payload.Length > 0 && !Depacketizer(packet.Codec).TryInspect(payload, out kind))
        {
            // Its number is used up all the same: asking for it again would bring the same bytes.
            payload = default;
            Pass(packet, payload, kind);
            return InsertResult.Malformed;
        }

        return Pass(packet, payload, kind);
    }

    public bool TryTakeFrame(out EncodedFrame frame) => _ready.TryDequeue(out frame!);

    /// <summary>Gives up everything that isn't ready and waits for a key frame.</summary>
    public void WaitForKey(bool sawDelta)
    {
        Drop();
        _layers.Reset();
        WaitingForKey = true;
        SawDelta = sawDelta;
        BlockedSince = Instant.Never;
        if (!TryResume())
        {
            _slots.Clear();
            _next = Math.Max(_next, _highest + 1 - WaitingWindow);
        }
    }

    /// <summary>
    /// Jumps over what is missing to the first stored packet where decoding can go on: a key frame, or a
    /// picture that by its temporal layer needs nothing of the gap. <paramref name="keysToo"/> is false while repair
    /// may still come: jumping to a key frame throws away all between.
    /// </summary>
    public bool TryResume(bool keysToo = true)
    {
        long last = Math.Min(_highest, _next + PacketSlots.Window);
        for (long sequence = _next; sequence <= last && _slots.Count > 0; sequence++)
        {
            if (!_slots.TryPeek(sequence, out MediaPacket packet, out ReadOnlySpan<byte> payload) || payload.Length == 0)
            {
                continue;
            }

            bool key = Depacketizer(packet.Codec).TryInspect(payload, out PayloadKind kind) && kind.StartsKey;
            if ((key && keysToo) || (!key && !WaitingForKey && CanResume(packet, payload, kind)))
            {
                if (!key)
                {
                    _layers.OnSkipped();
                }

                JumpTo(sequence, key);
                Drain();
                NoteBlocked();
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        Drop();
        _slots.Dispose();
        while (_ready.TryDequeue(out EncodedFrame? frame))
        {
            frame.Dispose();
        }
    }

    private InsertResult Pass(in MediaPacket packet, ReadOnlySpan<byte> payload, PayloadKind kind)
    {
        _highest = Math.Max(_highest, packet.Sequence);
        if (WaitingForKey)
        {
            if (!kind.StartsKey)
            {
                SawDelta |= kind.Delta;
                Slide(packet.Sequence, WaitingWindow);
                _slots.TryAdd(packet, payload, _next);
                return InsertResult.Stored;
            }

            JumpTo(packet.Sequence, key: true);
        }

        if (packet.Sequence == _next)
        {
            Consume(packet, payload);
            Drain();
            NoteBlocked();
            return InsertResult.Taken;
        }

        if (packet.Sequence - _next >= PacketSlots.Window)
        {
            WaitForKey(sawDelta: true);
            Slide(packet.Sequence, WaitingWindow);
        }

        _slots.TryAdd(packet, payload, _next);
        BlockedSince = Instant.Min(BlockedSince, packet.Arrival);
        return InsertResult.Stored;
    }

    private void Slide(long sequence, int window)
    {
        if (sequence - _next >= window)
        {
            _next = sequence - (window / 2);
            _slots.RemoveBefore(_next);
        }
    }

    private void JumpTo(long sequence, bool key)
    {
        Drop();
        _opening = key;
        _next = sequence;
        _slots.RemoveBefore(sequence);
        WaitingForKey = false;
        SawDelta = false;
    }

    private void Drain()
    {
        while (!WaitingForKey && _slots.TryPeek(_next, out MediaPacket packet, out ReadOnlySpan<byte> payload))
        {
            Consume(packet, payload);
            _slots.Remove(packet.Sequence);
        }
    }

    /// <summary>The lowest stored packet tells since when a hole has been known.</summary>
    private void NoteBlocked()
    {
        BlockedSince = Instant.Never;
        if (WaitingForKey || _slots.Count == 0)
        {
            return;
        }

        long last = Math.Min(_highest, _next + PacketSlots.Window);
        for (long sequence = _next; sequence <= last; sequence++)
        {
            if (_slots.TryPeek(sequence, out MediaPacket packet, out _))
            {
                BlockedSince = packet.Arrival;
                return;
            }
        }
    }

    private void Consume(in MediaPacket packet, ReadOnlySpan<byte> payload)
    {
        _next = packet.Sequence + 1;
        if (payload.Length == 0)
        {
            return;
        }

        if (_open is not null && _open.RtpTimestamp != packet.Timestamp)
        {
            Finish(); // a sender that doesn't set the marker
            if (WaitingForKey)
            {
                return;
            }
        }

        IDepacketizer depacketizer = Depacketizer(packet.Codec);
        if (_open is null)
        {
            _open = _frames.Rent();
            _open.Codec = packet.Codec;
            _open.RtpTimestamp = packet.Timestamp;
            _openTl0 =
                packet.Codec == VideoCodec.Vp8 && Vp8DescriptorView.TryParse(payload, out Vp8DescriptorView view) ? view.Tl0PicIdx : -1;
            depacketizer.Begin(_open);
        }

        if (_open.Codec != packet.Codec || _open.Length > MaxFrameBytes || !depacketizer.TryAppend(_open, payload))
        {
            Spoil();
            return;
        }

        _open.Arrival = packet.Arrival > _open.Arrival ? packet.Arrival : _open.Arrival;
        _carried.OnPacket(packet);
        if (packet.Marker)
        {
            Finish();
        }
    }

    private void Finish()
    {
        EncodedFrame frame = _open!;
        if (!Depacketizer(frame.Codec).TryFinish(frame) || !Opens(frame))
        {
            Spoil();
            return;
        }

        _open = null;
        if (frame.Codec == VideoCodec.Vp8 && !_layers.Accept(frame.IsKey, frame.TemporalLayer, frame.LayerSync, _openTl0))
        {
            frame.Dispose();
            return;
        }

        _carried.WriteTo(frame);
        FramesReady++;
        _ready.Enqueue(frame);
    }

    /// <summary>An H.264 picture that began like one to start at may have turned out to need others: its later slices tell.</summary>
    private bool Opens(EncodedFrame frame)
    {
        if (!_opening || frame.Codec != VideoCodec.H264 || !_h264.SawSlice)
        {
            return true;
        }

        _opening = false;
        return frame.IsKey;
    }

    private void Spoil()
    {
        FramesSpoilt++;
        Drop();
        WaitingForKey = true;
        SawDelta = true;
        _layers.Reset();
    }

    private void Drop()
    {
        _open?.Dispose();
        _open = null;
    }

    private bool CanResume(in MediaPacket packet, ReadOnlySpan<byte> payload, PayloadKind kind) =>
        packet.Codec == VideoCodec.Vp8
        && kind.StartsFrame
        && Vp8DescriptorView.TryParse(payload, out Vp8DescriptorView view)
        && _layers.CanResume(view);

    private IDepacketizer Depacketizer(VideoCodec codec) => codec == VideoCodec.H264 ? _h264 : _vp8;
}
