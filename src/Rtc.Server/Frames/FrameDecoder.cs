using Rtc.Media;
using Rtc.Media.Images;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>A frame's picture, which is the receiver's, or what was wrong with the file.</summary>
internal readonly record struct DecodedFrame(Picture? Picture, FrameError? Error, double DecodeMs);

/// <summary>Decodes what clients sent; one for all sockets, any thread.</summary>
internal sealed class FrameDecoder(PicturePool pool, long maxPixels, TimeProvider time)
{
    public DecodedFrame Decode(ReadOnlySpan<byte> jpeg)
    {
        long began = time.GetTimestamp();
        return Jpeg.TryDecode(jpeg, pool, maxPixels, out Picture? picture, out bool isTooLarge, out string? problem)
            ? new DecodedFrame(picture, null, time.GetElapsedTime(began).TotalMilliseconds)
            : new DecodedFrame(
                null,
                isTooLarge ? FrameError.TooLarge($"The picture's {problem} (Limits:MaxPixels).") : FrameError.BadImage(problem!),
                0);
    }
}
