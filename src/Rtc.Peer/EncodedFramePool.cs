using System.Collections.Concurrent;

namespace Rtc.Peer;

/// <summary>
/// Lends <see cref="EncodedFrame"/>s. Frames are born on a peer's loop and let go on a decoder's,
/// so the pool is the one place of the core that several threads touch.
/// </summary>
public sealed class EncodedFramePool
{
    private const int InitialCapacity = 16 * 1024;

    // A frame that once held a huge key picture is let go instead of staying in the pool for ever.
    private const int LargestKept = 512 * 1024;
    private const int MostKept = 256;

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

    internal void Return(EncodedFrame frame)
    {
        Interlocked.Decrement(ref _outstanding);
        if (frame.Capacity <= LargestKept && _free.Count < MostKept)
        {
            _free.Add(frame);
        }
    }
}
