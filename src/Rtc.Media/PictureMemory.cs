namespace Rtc.Media;

/// <summary>
/// The memory that live pictures may take. A pool's pictures count by their size, codecs by what they take a pixel; a
/// stream takes its share before its first picture is decoded, and is refused where none is left. For all threads.
/// </summary>
public sealed class PictureMemory(long maxBytes)
{
    // From a room of 4096×2304 VP8 at about 400 MB: decoder and encoder with their reference pictures take the larger part,
    // the pictures that a room has under way or keeps in the pool the rest.
    private const int CodecBytesPerPixel = 26;
    private const int PictureBytesPerPixel = 16;

    private readonly Lock _gate = new();
    private long _pixels;
    private long _pooled;

    public long MaxBytes => maxBytes;

    /// <summary>Set while the process as a whole is short of memory: no stream may begin or grow.</summary>
    public bool IsShort { get; set; }

    /// <summary>What codecs and pools hold, and what streams may still ask of the pools.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_gate)
            {
                return HeldWith(_pixels);
            }
        }
    }

    /// <summary>A stream's pictures change from one size to another; at first from none. A smaller size is always granted.</summary>
    public bool TryResize(long fromPixels, long toPixels)
    {
        lock (_gate)
        {
            long pixels = _pixels - fromPixels + toPixels;
            if (toPixels > fromPixels && (IsShort || HeldWith(pixels) > maxBytes))
            {
                return false;
            }

            _pixels = pixels;
            return true;
        }
    }

    /// <summary>A pool took so much from the system, or gave it back.</summary>
    internal void Pooled(long bytes)
    {
        lock (_gate)
        {
            _pooled += bytes;
        }
    }

    private long HeldWith(long pixels) => (pixels * CodecBytesPerPixel) + Math.Max(pixels * PictureBytesPerPixel, _pooled);
}
