using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Drawing;
using Rtc.Media.Factory;
using Rtc.Media.Imaging;
using Rtc.Media.Tensors;
using Rtc.Media.Tests.Support;

namespace Rtc.Micro.Media;

/// <summary>
/// The same operations in milliseconds of the processor rather than of the clock: what they cost one core even while
/// others use the machine.
/// </summary>
internal static class CoreTimeReport
{
    public static void Run()
    {
        foreach ((int width, int height) in new[] { (640, 480), (1280, 720), (1920, 1080) })
        {
            using var pool = new PicturePool();
            using var focus = new Focus();
            using var painter = new MaskPainter();
            var pictures = Enumerable.Range(0, 60).Select(time => Scene.At(pool, width, height, time)).ToList();
            using Picture target = pool.Rent(width, height);
            Mask mask = MaskShapes.Ellipse(new RectF(width / 3f, height / 6f, width * 2 / 3f, height * 5 / 6f));
            var small = new TensorSpec { Width = 416, Height = 416, Order = ChannelOrder.Bgr, Centred = false };
            var large = new TensorSpec { Width = 640, Height = 640 };
            float[] tensor = new float[large.Elements];
            CoreClock.Print($"{width}×{height} focus blur 0.6", i => focus.Apply(pictures[i % 60], mask, null, 0.6f, target));
            CoreClock.Print($"{width}×{height} focus blur 0.2", i => focus.Apply(pictures[i % 60], mask, null, 0.2f, target));
            CoreClock.Print($"{width}×{height} tint and contour", i =>
            {
                painter.Tint(target, mask, Palette.ForTrack(i));
                painter.Contour(target, mask, Palette.ForTrack(i));
            });
            CoreClock.Print($"{width}×{height} letterbox 416", i => TensorImage.Letterbox(pictures[i % 60], small, tensor, out _));
            CoreClock.Print($"{width}×{height} letterbox 640", i => TensorImage.Letterbox(pictures[i % 60], large, tensor, out _));
            foreach (VideoCodec format in new[] { VideoCodec.Vp8, VideoCodec.H264 })
            {
                Codec(format, width, height, pictures, pool);
            }

            pictures.ForEach(picture => picture.Dispose());
        }
    }

    private static void Codec(VideoCodec format, int width, int height, List<Picture> pictures, PicturePool pool)
    {
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(format, new EncoderSettings
        {
            Width = width,
            Height = height,
            BitrateKbps = width * height / 500,
            Threads = 1,
            MayDrop = false,
        });
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(format);
        var coded = new List<byte[]>();
        CoreClock.Print($"{width}×{height} {format} encode", i =>
        {
            using EncodedFrame one = encoder.Encode(pictures[i % 60], (uint)(i * 3000), false)!;
            coded.Add(one.Data.ToArray());
        });
        CoreClock.Print($"{width}×{height} {format} decode", i =>
        {
            decoder.Decode(coded[i], pool, out Picture? picture);
            picture?.Dispose();
        });
    }
}
