using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Codecs;

public sealed class EncodedFramePoolTests
{
    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void Encoder_takes_its_frames_from_the_pool_of_its_settings(VideoCodec format)
    {
        using var pictures = new PicturePool();
        var frames = new EncodedFramePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            format, new EncoderSettings { Width = 160, Height = 120, MayDrop = false, Frames = frames });
        using Picture picture = Pictures.Scene(pictures, 160, 120, 0);
        using (EncodedFrame? coded = encoder.Encode(picture, 0, false))
        {
            Assert.NotNull(coded);
            Assert.Equal(1, frames.Outstanding);
        }

        Assert.Equal(0, frames.Outstanding);
    }
}
