using Rtc.Media.Codecs;
using Rtc.Media.Codecs.H264;
using Rtc.Media.Codecs.Vpx;
using Rtc.Media.Factory;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Codecs;

/// <summary>What we decode is what the ffmpeg program decodes, bit for bit, and it reads what we encode.</summary>
public sealed class AgainstFfmpegTests
{
    private const int Frames = 20;

    [Theory]
    [InlineData("bottle-detection.mp4", 640, 360, "")]
    [InlineData("one-by-one-person-detection.mp4", 768, 432, "-ss 4")]
    [InlineData("bottle-detection.mp4", 333, 187, "")]
    public void Vp8_from_elsewhere(string clip, int width, int height, string seek)
    {
        Ffmpeg.Need();

        byte[] ivf = Ffmpeg.Run(
            $"{seek} -i {Ffmpeg.Clip(clip)} -frames:v {Frames} -s {width}x{height} -pix_fmt yuv420p -c:v libvpx -deadline realtime "
                + "-cpu-used 8 -auto-alt-ref 0 -lag-in-frames 0 -b:v 500k -f ivf -");
        byte[] raw = Ffmpeg.Run("-f ivf -i - -f rawvideo -pix_fmt yuv420p -", ivf);
        using var decoder = new Vp8Decoder();
        Ffmpeg.Compare(decoder, Ffmpeg.SplitIvf(ivf), raw, width, height);
    }

    [Theory]
    [InlineData("-profile:v baseline", 640, 360)]
    [InlineData("-profile:v main -bf 0 -x264-params aud=1:slices=4", 640, 360)]
    [InlineData("-profile:v high -bf 0", 402, 226)]
    [InlineData("-profile:v baseline -pix_fmt yuvj420p -color_range pc", 320, 180)]
    public void H264_from_elsewhere(string options, int width, int height)
    {
        Ffmpeg.Need();

        string aud = options.Contains("x264-params", StringComparison.Ordinal) ? "" : "-x264-params aud=1";
        byte[] stream = Ffmpeg.Run(
            $"-i {Ffmpeg.Clip("bottle-detection.mp4")} -frames:v {Frames} -s {width}x{height} -pix_fmt yuv420p -c:v libx264 -preset "
                + $"veryfast {options} {aud} -b:v 500k -f h264 -");
        byte[] raw = Ffmpeg.Run("-f h264 -i - -f rawvideo -", stream);
        using var decoder = new H264Decoder(CodecHardware.Off, Picture.MaxPixels, keepRange: true);
        Ffmpeg.Compare(decoder, Ffmpeg.SplitAnnexB(stream), raw, width, height);
    }

    [Theory]
    [InlineData(VideoCodec.Vp8, 640, 360)]
    [InlineData(VideoCodec.Vp8, 321, 181)]
    [InlineData(VideoCodec.H264, 640, 360)]
    [InlineData(VideoCodec.H264, 322, 182)]
    public void What_we_encode_is_read_as_we_read_it_and_looks_like_the_clip(VideoCodec format, int width, int height)
    {
        Ffmpeg.Need();

        using PicturePool pool = PicturePool.Diagnostic();
        byte[] source = Ffmpeg.Run(
            $"-i {Ffmpeg.Clip("bottle-detection.mp4")} -frames:v {Frames} -s {width}x{height} -f rawvideo -pix_fmt yuv420p -");
        List<Picture> pictures = Ffmpeg.Pictures(source, width, height, pool);
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            format, new EncoderSettings { Width = width, Height = height, BitrateKbps = 1500, MayDrop = false });
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(format);
        var coded = new List<byte[]>();
        double psnr = 0;
        double ssim = 0;
        for (int i = 0; i < pictures.Count; i++)
        {
            using EncodedFrame one = encoder.Encode(pictures[i], (uint)(i * 3000), false)!;
            coded.Add(one.Data.ToArray());
            Assert.Equal(DecodeStatus.Picture, decoder.Decode(one.Data, pool, out Picture? back));
            psnr += Quality.Psnr(pictures[i], back!) / pictures.Count;
            ssim += Quality.Ssim(pictures[i], back!) / pictures.Count;
            back!.Dispose();
        }

        Console.WriteLine(
            $"{format} {width}×{height} at 1500 kbit/s: {psnr:0.00} dB, SSIM {ssim:0.0000}, "
                + $"{coded.Sum(c => c.Length) * 30 * 8 / 1000 / Frames} kbit/s");
        Assert.True(psnr > 35 && ssim > 0.92, $"{psnr:0.00} dB, SSIM {ssim:0.0000}");
        byte[] raw = format == VideoCodec.Vp8
            ? Ffmpeg.Run("-f ivf -i - -f rawvideo -pix_fmt yuv420p -", Ffmpeg.Ivf(coded, width, height))
            : Ffmpeg.Run("-f h264 -i - -f rawvideo -pix_fmt yuv420p -", [.. coded.SelectMany(c => c)]);
        using IVideoDecoder again = VideoCodecs.CreateDecoder(format);
        Ffmpeg.Compare(again, coded, raw, width, height);
        pictures.ForEach(picture => picture.Dispose());
    }
}
