using Rtc.Media;
using Rtc.Media.Codecs;

namespace Rtc.Pipeline;

/// <summary>Opens the codecs of a room; tests give their own.</summary>
public interface ICodecFactory
{
    IVideoDecoder CreateDecoder(VideoCodec codec);

    IVideoEncoder CreateEncoder(VideoCodec codec, EncoderSettings settings);

    /// <summary>The picture as JPEG, at most so wide; null where this machine cannot write one.</summary>
    byte[]? EncodeJpeg(Picture picture, int maxWidth, PicturePool pool) => null;
}
