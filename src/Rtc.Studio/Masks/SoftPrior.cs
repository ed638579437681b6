using Rtc.Inference.Segment;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>Turns an outline that is roughly right into leanings: sure outside, open in a band along it. Memory is kept.</summary>
internal sealed class SoftPrior
{
    // How far a pixel in the middle of its half of the band leans, beside colours of up to eight.
    private const float Gain = 5;

    // Deep inside only colours that are surely not the object's say otherwise: something has come in front of it.
    private const float Deep = 6;

    // From here on the blurred outline is no longer in question.
    private const float Open = 0.03f;

    private float[] _soft = [];
    private float[] _swap = [];
    private float[] _leanings = [];

    /// <param name="mask">In the clip's size.</param>
    /// <param name="crop">What of it is looked at.</param>
    /// <param name="band">Half the width of the open band, in pixels of the copy.</param>
    public ReadOnlySpan<float> Of(ClipMask mask, in WorkCrop crop, int band)
    {
        Span<float> leanings = Begin(crop);
        for (int y = 0; y < crop.Height; y++)
        {
            for (int x = 0; x < crop.Width; x++)
            {
                _soft[(y * crop.Width) + x] = mask.At(crop.XOf(x) - 0.5f, crop.YOf(y) - 0.5f) / 255f;
            }
        }

        // Two means make a ramp whose slope is the steepest at the outline.
        for (int pass = 0; pass < 2; pass++)
        {
            Blur(crop.Width, crop.Height, (band + 1) / 2);
        }

        for (int i = 0; i < leanings.Length; i++)
        {
            float soft = _soft[i];
            leanings[i] = soft <= Open ? -PriorCutter.Certain : soft >= 1 - Open ? Deep : Gain * ((2 * soft) - 1);
        }

        return leanings;
    }

    public Span<float> Begin(in WorkCrop crop)
    {
        int places = crop.Width * crop.Height;
        if (_soft.Length < places)
        {
            (_soft, _swap, _leanings) = (new float[places], new float[places], new float[places]);
        }

        return _leanings.AsSpan(0, places);
    }

    private void Blur(int width, int height, int radius)
    {
        if (radius < 1)
        {
            return;
        }

        for (int y = 0; y < height; y++)
        {
            Line(_soft, y * width, 1, width, radius, _swap);
        }

        for (int x = 0; x < width; x++)
        {
            Line(_swap, x, width, height, radius, _soft);
        }
    }

    /// <summary>A running mean along one line; the ends go on.</summary>
    private static void Line(float[] from, int first, int step, int count, int radius, float[] into)
    {
        float sum = 0;
        for (int i = -radius; i <= radius; i++)
        {
            sum += from[first + (Math.Clamp(i, 0, count - 1) * step)];
        }

        float share = 1f / ((2 * radius) + 1);
        for (int i = 0; i < count; i++)
        {
            into[first + (i * step)] = sum * share;
            sum += from[first + (Math.Min(i + radius + 1, count - 1) * step)] - from[first + (Math.Max(i - radius, 0) * step)];
        }
    }
}
