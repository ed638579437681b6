using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Images;

namespace Rtc.Pipeline;

/// <summary>The media library's codecs.</summary>
public sealed class MediaCodecs : ICodecFactory
{
    private const int JpegQuality = 75;

    public IVideoDecoder CreateDecoder(VideoFormat format) => VideoCodecs.CreateDecoder(format);

    public IVideoEncoder CreateEncoder(VideoFormat format, EncoderSettings settings) => VideoCodecs.CreateEncoder(format, settings);

    public byte[]? EncodeJpeg(Picture picture, int maxWidth, PicturePool pool)
    {
        if (picture.Width <= maxWidth)
        {
            return Jpeg.Encode(picture, JpegQuality);
        }

        using Picture small = PictureOps.Scale(picture, maxWidth, Math.Max(1, (int)((long)picture.Height * maxWidth / picture.Width)), pool);
        return Jpeg.Encode(small, JpegQuality);
    }
}
