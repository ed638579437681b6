using Rtc.Inference.Motion;
using Rtc.Media;

namespace Rtc.Inference.Tests.Motion;

/// <summary>A still, textured street before a noisy camera, and a motion detector that watches it.</summary>
public abstract class PaintedStreet : IDisposable
{
    protected const int Width = 640;
    protected const int Height = 480;
    protected const int Settled = 40;

    private readonly Random _noise = new(7);

    internal PicturePool Pool { get; } = new();

    internal MotionDetector Detector { get; } = new();

    /// <summary>What the detector found in the last picture.</summary>
    internal List<Detection> Found { get; } = [];

    public void Dispose()
    {
        Detector.Dispose();
        Assert.Equal(0, Pool.Outstanding);
        Pool.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Shows the street alone until it is known.</summary>
    protected void Settle()
    {
        for (int i = 0; i < Settled; i++)
        {
            Show(_ => { });
        }

        Assert.Empty(Found);
    }

    /// <summary>Shows the street with what is painted over it.</summary>
    protected void Show(Action<Picture> paint)
    {
        using Picture picture = Paint.Plain(Pool, Width, Height, (110, 120, 115));
        Paint.Texture(picture, seed: 3, 70, 150);
        paint(picture);
        Paint.Noise(picture, _noise, 4);
        Detector.Detect(picture, new DetectOptions(), Found);
    }
}
