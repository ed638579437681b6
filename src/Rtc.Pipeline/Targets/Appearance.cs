using Rtc.Media;

namespace Rtc.Pipeline.Targets;

/// <summary>What a thing looks like, shape left out: how often each colour occurs in the middle of its box.</summary>
internal sealed class Appearance
{
    private const int ColourBins = 16;
    private const int LightBins = 8;
    private const int Bins = ColourBins * ColourBins * LightBins / 2;

    /// <summary>Share of the box that is looked at: its edges are background.</summary>
    private const float Middle = 0.6f;

    private const int Samples = 32;
    private const float LearningRate = 0.1f;

    private readonly float[] _shares = new float[Bins];
    private bool _started;

    /// <summary>Mixes in what the thing looks like now; <paramref name="box"/> is in the picture's pixels.</summary>
    public void Learn(Picture picture, in RectF box)
    {
        Span<float> now = stackalloc float[Bins];
        if (!Measure(picture, box, now))
        {
            return;
        }

        float rate = _started ? LearningRate : 1;
        for (int i = 0; i < Bins; i++)
        {
            _shares[i] += rate * (now[i] - _shares[i]);
        }

        _started = true;
    }

    /// <summary>Likeness from 0 to 1 (Bhattacharyya's coefficient).</summary>
    public float Likeness(Picture picture, in RectF box)
    {
        Span<float> now = stackalloc float[Bins];
        if (!_started || !Measure(picture, box, now))
        {
            return 0;
        }

        float sum = 0;
        for (int i = 0; i < Bins; i++)
        {
            sum += MathF.Sqrt(_shares[i] * now[i]);
        }

        return sum;
    }

    public void Forget()
    {
        _started = false;
        _shares.AsSpan().Clear();
    }

    private static bool Measure(Picture picture, in RectF box, Span<float> into)
    {
        RectF visible = box.ClipTo(picture.Width, picture.Height);
        if (visible.Width < 4 || visible.Height < 4)
        {
            return false;
        }

        into.Clear();
        for (int row = 0; row < Samples; row++)
        {
            int y = (int)(visible.CenterY + (Middle * visible.Height * (((row + 0.5f) / Samples) - 0.5f)));
            ReadOnlySpan<byte> luma = picture.RowY(y);
            ReadOnlySpan<byte> u = picture.RowU(y / 2);
            ReadOnlySpan<byte> v = picture.RowV(y / 2);
            for (int column = 0; column < Samples; column++)
            {
                int x = (int)(visible.CenterX + (Middle * visible.Width * (((column + 0.5f) / Samples) - 0.5f)));
                into[Bin(luma[x], u[x / 2], v[x / 2])] += 1f / (Samples * Samples);
            }
        }

        return true;
    }

    /// <summary>Colours lie close around grey: that middle half of their range gets all bins.</summary>
    private static int Bin(byte luma, byte u, byte v)
    {
        int cu = Math.Clamp((u - 64) / 8, 0, ColourBins - 1);
        int cv = Math.Clamp((v - 64) / 8, 0, ColourBins - 1);
        return (((luma * LightBins / 2) >> 8) * ColourBins * ColourBins) + (cu * ColourBins) + cv;
    }
}
