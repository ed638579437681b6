namespace Rtc.Peer.Send;

/// <summary>
/// Takes one stream's frames in: leaves out what a slow viewer can't take or a lost frame made useless, numbers the rest and cuts
/// it into packets on the ring. Owned by <see cref="VideoSender"/>.
/// </summary>
internal sealed class FrameIntake(
    PacketRing ring, OutgoingFrames frames, ResendQueue resends, SendCodecs codecs, KeyFrameOrders keys, SenderCounters counters,
    PeerRandom random)
{
    private const int MaxFrameBytes = 2 * 1024 * 1024;

    private static readonly TimeSpan s_maxWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_tolerableBacklog = TimeSpan.FromMilliseconds(250);

    private readonly LayerSelector _layers = new();
    private ushort _pictureId = (ushort)random.Next(0, 0x7FFF);
    private byte _tl0 = (byte)random.Next(0, 256);
    private bool _needsKey = true;

    public void SetLayerLimit(int highest) => _layers.Limit = Math.Max(0, highest);

    /// <summary>Nothing but a key frame is of use next.</summary>
    public void AwaitKeyFrame() => _needsKey = true;

    /// <summary>Queues a frame, of which <see cref="OutgoingFrames"/> takes a reference of its own. False where it was left out.</summary>
    public bool TryAdd(Instant now, EncodedFrame frame, Bitrate available)
    {
        if (!codecs.TryFind(frame.Codec, out SendCodec codec) || frame.Length == 0 || !Admit(now, frame, available))
        {
            return false;
        }

        if (frame.IsKey)
        {
            DropStale(available);
        }

        codecs.Use(codec);
        long first = ring.Head;
        (ushort pictureIdBefore, byte tl0Before) = (_pictureId, _tl0);
        Packetize(frame);
        if (ring.Head == first)
        {
            return false;
        }

        frames.Add(frame, first, now, pictureIdBefore, tl0Before);
        _needsKey &= !frame.IsKey;
        return true;
    }

    private bool Admit(Instant now, EncodedFrame frame, Bitrate available)
    {
        if (ring.Waiting > 0 && now - frames.OldestWaiting > s_maxWait)
        {
            // What waits is stale: better a key frame than ever more delay.
            DropWaiting();
        }

        if ((_needsKey || frame.Codec != codecs.Current.Codec) && !frame.IsKey)
        {
            keys.Want(now);
            return false;
        }

        return frame.Length <= MaxFrameBytes && _layers.Accept(now, frame, available);
    }

    private void Packetize(EncodedFrame frame)
    {
        if (frame.Codec == VideoCodec.Vp8)
        {
            _pictureId = (ushort)((_pictureId + 1) & 0x7FFF);
            _tl0 += frame.TemporalLayer == 0 ? (byte)1 : (byte)0;
            Vp8Packetizer.Packetize(frame, _pictureId, _tl0, VideoSender.PayloadBudget, ring);
        }
        else
        {
            H264Packetizer.Packetize(frame, VideoSender.PayloadBudget, ring);
        }
    }

    /// <summary>
    /// After a collapse of the path, questions and unsent frames pile up: before a key frame they would cost
    /// more time than it does, and it makes them pointless.
    /// </summary>
    private void DropStale(Bitrate available)
    {
        long backlog = frames.WaitingBytes + (resends.Count * VideoSender.PayloadBudget);
        if (backlog * 8 >= available.BitsPerSecond * s_tolerableBacklog.TotalSeconds)
        {
            DropWaiting();
            resends.RefuseBefore(ring.Head);
        }
    }

    /// <summary>Frames of which nothing was sent are taken back, and what came after them would depend on them.</summary>
    private void DropWaiting()
    {
        while (frames.TryTakeBack(out OutgoingFrame entry))
        {
            _pictureId = entry.PictureIdBefore;
            _tl0 = entry.Tl0Before;
            _needsKey = true;
            counters.FramesDropped++;
        }
    }
}
