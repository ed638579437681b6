using System.Collections.Concurrent;

namespace Rtc.Bitstream;

/// <summary>
/// Lends <see cref="EncodedFrame"/>s. A frame is filled on a peer's loop or an encoder's and let go on another one's,
/// so any thread may rent and return.
/// </summary>
public sealed class EncodedFramePool
{
    private const int InitialCapacity = 16 * 1024;

    // A frame that once held a huge key picture is let go instead of staying in the pool for ever.
    private const int MaxKeptBytes = 512 * 1024;
    private const int MaxKept = 256;

    private readonly ConcurrentBag<EncodedFrame> _free = [];
    private int _outstanding;

    public static EncodedFramePool Shared { get; } = new();

    /// <summary>Frames lent and not returned: zero when everything was closed.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    public EncodedFrame Rent()
    {
        if (!_free.TryTake(out EncodedFrame? frame))
        {
            frame = new EncodedFrame(this, InitialCapacity);
        }

        Interlocked.Increment(ref _outstanding);
        frame.Lease();
        return frame;
    }

    /// <summary>A frame of this codec and RTP time, still empty.</summary>
    public EncodedFrame Rent(VideoCodec codec, uint rtpTimestamp)
    {
        EncodedFrame frame = Rent();
        frame.Codec = codec;
        frame.RtpTimestamp = rtpTimestamp;
        return frame;
    }

    internal void Return(EncodedFrame frame)
    {
        Interlocked.Decrement(ref _outstanding);
        if (frame.Capacity <= MaxKeptBytes && _free.Count < MaxKept)
        {
            _free.Add(frame);
        }
    }
}
