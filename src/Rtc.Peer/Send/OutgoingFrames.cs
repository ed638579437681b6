namespace Rtc.Peer.Send;

/// <summary>
/// A frame that was cut into packets from <paramref name="First"/> on, and what to go back to if none of them is ever sent.
/// </summary>
/// <param name="Frame">A reference of our own.</param>
/// <param name="First">Its first packet's number.</param>
/// <param name="At">When it was queued.</param>
/// <param name="Bytes">In all its packets, as they are counted while they wait.</param>
/// <param name="PictureIdBefore">VP8's number of the picture before.</param>
/// <param name="Tl0Before">VP8's number of the base layer before.</param>
internal readonly record struct OutgoingFrame(
    EncodedFrame Frame, long First, Instant At, long Bytes, ushort PictureIdBefore, byte Tl0Before);

/// <summary>
/// The frames behind the packets of a <see cref="PacketRing"/>, oldest first: those sent, kept for a while to be sent
/// again, and those that wait. Holds a reference to each. Owned by <see cref="VideoSender"/>.
/// </summary>
internal sealed class OutgoingFrames(PacketRing ring)
{
    private const long MaxCachedBytes = 8 * 1024 * 1024;

    private readonly List<OutgoingFrame> _frames = [];
    private long _cachedBytes;

    /// <summary>Of packets that were not sent yet.</summary>
    public long WaitingBytes { get; private set; }

    /// <summary>When the oldest frame of which something waits was queued; never where none does.</summary>
    public Instant OldestWaiting
    {
        get
        {
            for (int i = 0; i < _frames.Count; i++)
            {
                if (EndOf(i) > ring.Sent)
                {
                    return _frames[i].At;
                }
            }

            return Instant.Never;
        }
    }

    /// <summary>Takes the frame whose packets were just added to the ring, with a reference of its own.</summary>
    public void Add(EncodedFrame frame, long first, Instant now, ushort pictureIdBefore, byte tl0Before)
    {
        long bytes = 0;
        for (long sequence = first; sequence < ring.Head; sequence++)
        {
            bytes += ring[sequence].Length;
        }

        frame.AddReference();
        _frames.Add(new OutgoingFrame(frame, first, now, bytes, pictureIdBefore, tl0Before));
        _cachedBytes += frame.Length;
        WaitingBytes += bytes;
    }

    public void OnSent(in PacketRecord packet) => WaitingBytes -= packet.Length;

    public bool Has(Predicate<EncodedFrame> what) => _frames.Exists(entry => what(entry.Frame));

    /// <summary>Lets go of what was sent and is too old to be asked for.</summary>
    public void ForgetSent(Instant now, TimeSpan keep)
    {
        int gone = 0;
        while (gone < _frames.Count
            && EndOf(gone) <= ring.Sent
            && (now - _frames[gone].At > keep || _cachedBytes > MaxCachedBytes || ring.NearlyFull))
        {
            EncodedFrame frame = _frames[gone].Frame;
            ring.ForgetBefore(EndOf(gone));
            _cachedBytes -= frame.Length;
            frame.Dispose();
            gone++;
        }

        _frames.RemoveRange(0, gone);
    }

    /// <summary>Takes back the newest frame, with its numbers, where nothing of it was sent: no hole is seen.</summary>
    public bool TryTakeBack(out OutgoingFrame entry)
    {
        if (_frames.Count == 0 || _frames[^1].First < ring.Sent)
        {
            entry = default;
            return false;
        }

        entry = _frames[^1];
        ring.TakeBack(entry.First);
        _cachedBytes -= entry.Frame.Length;
        WaitingBytes -= entry.Bytes;
        entry.Frame.Dispose();
        _frames.RemoveAt(_frames.Count - 1);
        return true;
    }

    /// <summary>Lets go of all of them, sent or not, and of their packets.</summary>
    public void Clear()
    {
        foreach (OutgoingFrame entry in _frames)
        {
            entry.Frame.Dispose();
        }

        _frames.Clear();
        ring.TakeBack(ring.Sent);
        ring.ForgetBefore(ring.Sent);
        _cachedBytes = 0;
        WaitingBytes = 0;
    }

    private long EndOf(int index) => index + 1 < _frames.Count ? _frames[index + 1].First : ring.Head;
}
