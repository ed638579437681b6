namespace Rtc.Media;

/// <summary>
/// The memory that live pictures may take. A pool's pictures count by their size, codecs by what they take a pixel; a
/// stream takes its share before its first picture is decoded, and is refused where none is left. For all threads.
/// </summary>
public sealed class PictureMemory(long maxBytes)
{
    // Resident memory of a VP8 room with a mask and a viewer, over one of 320×240: 17, 45, 95 and 404 MiB at 640×480,
    // 1280×720, 1920×1080 and 4096×2304, which this gives within 5%. H.264 on both sides takes 13, 24, 48 and 210, but a
    // viewer that wants VP8 may come at any time; viewers of both formats at once take 22, 59, 124 and 520.
    private const long BytesPerStream = 5 << 20;
    private const int CodecBytesPerPixel = 28;
    private const int PictureBytesPerPixel = 16;

    private readonly Lock _gate = new();
    private long _pixels;
    private int _streams;
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
                return HeldWith(_pixels, _streams);
            }
        }
    }

    /// <summary>A stream's pictures change from one size to another; at first from none. A smaller size is always granted.</summary>
    public bool TryResize(long fromPixels, long toPixels)
    {
        lock (_gate)
        {
            long pixels = _pixels - fromPixels + toPixels;
            int streams = _streams - Math.Sign(fromPixels) + Math.Sign(toPixels);
            if (toPixels > fromPixels && (IsShort || HeldWith(pixels, streams) > maxBytes))
            {
                return false;
            }

            (_pixels, _streams) = (pixels, streams);
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

    /// <summary>What a stream of pictures of this size is counted with.</summary>
    public static long ShareOf(long pixels) => pixels == 0 ? 0 : BytesPerStream + (pixels * (CodecBytesPerPixel + PictureBytesPerPixel));

    private long HeldWith(long pixels, int streams) =>
        (streams * BytesPerStream) + (pixels * CodecBytesPerPixel) + Math.Max(pixels * PictureBytesPerPixel, _pooled);
}
