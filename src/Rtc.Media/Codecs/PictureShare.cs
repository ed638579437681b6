namespace Rtc.Media.Codecs;

/// <summary>How large pictures one decoder may take: a limit in pixels, and its share of the memory for pictures while it lives.</summary>
internal sealed class PictureShare(long maxPixels, PictureMemory? memory) : IDisposable
{
    private long _pixels;

    /// <summary>Null where pictures of this size may be decoded.</summary>
    public DecodeStatus? Refuse(long pixels)
    {
        if (pixels > maxPixels)
        {
            return DecodeStatus.TooLarge;
        }

        if (memory is not null && pixels != _pixels)
        {
            if (!memory.TryResize(_pixels, pixels))
            {
                return DecodeStatus.NoMemory;
            }

            _pixels = pixels;
        }

        return null;
    }

    public void Dispose()
    {
        memory?.TryResize(_pixels, 0);
        _pixels = 0;
    }
}
