using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Media.Images;

namespace Rtc.Pipeline.Decoding;

/// <summary>
/// The media library's codecs, by the graphics card where <paramref name="hardware"/> says so. Pictures over
/// <paramref name="maxPixels"/>, or for which <paramref name="memory"/> has no share left, are refused.
/// </summary>
public sealed class MediaCodecs(
    CodecHardware hardware = CodecHardware.Auto, long maxPixels = Picture.MaxPixels, PictureMemory? memory = null) : ICodecFactory
{
    private const int JpegQuality = 75;

    public IVideoDecoder CreateDecoder(VideoCodec codec) => VideoCodecs.CreateDecoder(codec, hardware, maxPixels, memory);

    public IVideoEncoder CreateEncoder(VideoCodec codec, EncoderSettings settings) =>
        VideoCodecs.CreateEncoder(codec, settings with { Hardware = hardware });

    public byte[]? EncodeJpeg(Picture picture, int maxWidth, PicturePool pool)
    {
        if (picture.Width <= maxWidth)
        {
            return Jpeg.Encode(picture, JpegQuality);
        }

        using Picture small = PictureOps.Scale(
            picture, maxWidth, Math.Max(1, (int)((long)picture.Height * maxWidth / picture.Width)), pool);
        return Jpeg.Encode(small, JpegQuality);
    }
}
