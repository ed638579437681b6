using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Following;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Targets;

/// <summary>
/// Cuts out whatever lies at a place that no detector knows. A model that takes a point is believed. One that wants a
/// box, as GrabCut does, always finds something in it: that counts only where it is a thing by itself, with the place in
/// it, its colours other than those around it, and its outline inside of what was looked at.
/// </summary>
public static class PlaceOutline
{
    /// <summary>Distance between the mean colours inside and outside, in standard deviations of both: less is chance.</summary>
    private const double MinSeparation = 2.2;

    /// <summary>More of the outline than this at the edge of what was looked at is background, not a thing.</summary>
    private const double MaxAtEdge = 0.25;

    /// <summary>Where there are fewer dots than this on either side, no mean says anything.</summary>
    private const int MinDots = 24;

    /// <summary>So many dots a row of what was looked at are enough.</summary>
    private const int DotsPerRow = 48;

    /// <param name="segmenter">By what to cut.</param>
    /// <param name="picture">What the place is in.</param>
    /// <param name="place">In fractions of the picture.</param>
    /// <param name="mask">What was found.</param>
    /// <param name="box">Around it, in pixels.</param>
    public static bool TryCut(ISegmenter segmenter, Picture picture, PlaceF place, out Mask? mask, out RectF box) =>
        TryCut(prompt => segmenter.TrySegment(picture, prompt, out Mask? found) ? found : null, picture, place, out mask, out box);

    internal static bool TryCut(Func<MaskPrompt, Mask?> segment, Picture picture, PlaceF place, out Mask? mask, out RectF box)
    {
        float x = place.X * picture.Width;
        float y = place.Y * picture.Height;
        mask = segment(new MaskPrompt(null, x, y));
        if (mask is null)
        {
            RectF surroundings = RegionBox.Surroundings(place, picture.Width, picture.Height);
            mask = segment(new MaskPrompt(surroundings, x, y));
            mask = mask is not null && RegionBox.Covers(mask, x, y) && IsThing(mask, picture, surroundings) ? mask : null;
        }

        RectF? found = mask is null ? null : RegionBox.Of(mask, picture.Width, picture.Height);
        box = found ?? default;
        return found is not null;
    }

    private static bool IsThing(Mask mask, Picture picture, RectF looked)
    {
        var inside = new ColourSums();
        var outside = new ColourSums();
        int atEdge = 0;
        int edge = 0;
        int step = Math.Max(1, (int)looked.Width / DotsPerRow);
        for (int y = (int)looked.Top; y < (int)looked.Bottom; y += step)
        {
            for (int x = (int)looked.Left; x < (int)looked.Right; x += step)
            {
                bool isIn = RegionBox.Covers(mask, x, y);
                (isIn ? inside : outside).Add(picture.RowY(y)[x], picture.RowU(y / 2)[x / 2], picture.RowV(y / 2)[x / 2]);
                bool isEdge = x < looked.Left + step || y < looked.Top + step || x + step >= (int)looked.Right
                    || y + step >= (int)looked.Bottom;
                edge += isEdge ? 1 : 0;
                atEdge += isEdge && isIn ? 1 : 0;
            }
        }

        return inside.Count >= MinDots && outside.Count >= MinDots && atEdge <= edge * MaxAtEdge
            && inside.DistanceFrom(outside) >= MinSeparation;
    }

    /// <summary>Means and variances of dots' colours.</summary>
    private sealed class ColourSums
    {
        /// <summary>Less than a level of noise would make a flat wall's distances endless.</summary>
        private const double MinVariance = 4;

        private readonly double[] _sum = new double[3];
        private readonly double[] _squares = new double[3];

        public int Count { get; private set; }

        public void Add(byte y, byte u, byte v)
        {
            Count++;
            Add(0, y);
            Add(1, u);
            Add(2, v);
        }

        public double DistanceFrom(ColourSums other)
        {
            double sum = 0;
            for (int plane = 0; plane < 3; plane++)
            {
                double apart = Mean(plane) - other.Mean(plane);
                sum += apart * apart / ((Variance(plane) + other.Variance(plane)) / 2);
            }

            return Math.Sqrt(sum);
        }

        private double Mean(int plane) => _sum[plane] / Count;

        private double Variance(int plane) => Math.Max(MinVariance, (_squares[plane] / Count) - (Mean(plane) * Mean(plane)));

        private void Add(int plane, byte level)
        {
            _sum[plane] += level;
            _squares[plane] += (double)level * level;
        }
    }
}
