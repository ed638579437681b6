using BenchmarkDotNet.Attributes;
using Rtc.Media;
using Rtc.Media.Drawing;
using Rtc.Media.Images;
using Rtc.Media.Imaging;
using Rtc.Media.Tensors;
using Rtc.Media.Tests.Support;
using Rtc.Media.Yuv;

namespace Rtc.Micro.Media;

/// <summary>Everything that is done to a picture between two codecs, at three sizes.</summary>
public class PixelBenchmarks
{
    private readonly PicturePool _pool = new();
    private readonly Focus _focus = new();
    private readonly MaskPainter _painter = new();
    private Picture _source = null!;
    private Picture _target = null!;
    private Mask _mask = null!;
    private byte[] _bgra = [];
    private byte[] _jpeg = [];
    private readonly TensorSpec _small = new() { Width = 416, Height = 416, Order = ChannelOrder.Bgr, Centred = false };
    private readonly TensorSpec _large = new() { Width = 640, Height = 640, Scale = 1 / 255f };
    private readonly float[] _tensor = new float[640 * 640 * 3];

    [Params(480, 720, 1080)]
    public int Height { get; set; }

    private int Width => Height == 480 ? 640 : Height * 16 / 9;

    [GlobalSetup]
    public void Setup()
    {
        _source = Scene.At(_pool, Width, Height, 1);
        _target = _pool.Rent(Width, Height);
        _mask = MaskShapes.Ellipse(new RectF(Width / 3f, Height / 6f, Width * 2 / 3f, Height * 5 / 6f));
        _bgra = new byte[Width * Height * 4];
        _jpeg = Jpeg.Encode(_source);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _source.Dispose();
        _target.Dispose();
    }

    [Benchmark]
    public void FocusBlur() => _focus.Apply(_source, _mask, null, 0.6f, _target);

    [Benchmark]
    public void FocusBlurWeak() => _focus.Apply(_source, _mask, null, 0.2f, _target);

    [Benchmark]
    public void Hide() => _focus.Hide(_source, [_mask.Region], default, 0.6f, _target);

    [Benchmark]
    public void Tint() => _painter.Tint(_target, _mask, Palette.ForTrack(1));

    [Benchmark]
    public void Contour() => _painter.Contour(_target, _mask, Palette.ForTrack(1));

    [Benchmark]
    public void BoxAndLabel()
    {
        Draw.Box(_target, _mask.Region, Palette.ForTrack(1));
        Draw.Label(_target, _mask.Region.Left, _mask.Region.Top, "person #12 91%", Palette.ForTrack(1));
    }

    [Benchmark]
    public void Letterbox416() => TensorImage.Letterbox(_source, _small, _tensor, out _);

    [Benchmark]
    public void Letterbox640() => TensorImage.Letterbox(_source, _large, _tensor, out _);

    [Benchmark]
    public void Copy() => PictureOps.Copy(_source, _target);

    [Benchmark]
    public void Rotate() => PictureOps.Rotate(_source, VideoRotation.Clockwise90, _pool).Dispose();

    [Benchmark]
    public void ScaleToHalf() => PictureOps.Scale(_source, Width / 2, Height / 2, _pool).Dispose();

    [Benchmark]
    public void ToRgb() => RgbConvert.ToRgb(_source, _bgra, Width * 3);

    [Benchmark]
    public void FromBgra() => RgbConvert.FromBgra(_bgra, Width * 4, _target);

    [Benchmark]
    public int EncodeJpeg() => Jpeg.Encode(_source).Length;

    [Benchmark]
    public void DecodeJpeg()
    {
        if (Jpeg.TryDecode(_jpeg, _pool, out Picture? picture, out _))
        {
            picture!.Dispose();
        }
    }
}
