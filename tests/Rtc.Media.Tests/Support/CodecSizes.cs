using Rtc.Media.Codecs;

namespace Rtc.Media.Tests.Support;

/// <summary>A camera that changes its size while it sends, as any codec has to bear it.</summary>
internal static class CodecSizes
{
    public static void EachBeginsWithAKeyFrame(
        IVideoEncoder encoder, IVideoDecoder decoder, PicturePool pool, params (int Width, int Height)[] sizes)
    {
        uint time = 0;
        foreach ((int width, int height) in sizes)
        {
            for (int i = 0; i < 3; i++)
            {
                using Picture source = Pictures.Scene(pool, width, height, i);
                using EncodedFrame? coded = encoder.Encode(source, time += 3000, forceKey: false);
                Assert.Equal(i == 0, coded!.IsKey);
                Assert.Equal(DecodeStatus.Picture, decoder.Decode(coded.Data, pool, out Picture? decoded));
                Assert.Equal((width, height), (decoded!.Width, decoded.Height));
                decoded.Dispose();
            }
        }
    }
}
