namespace Rtc.Analysis.Scenes;

/// <summary>
/// The way of a dissolve through a row of pictures: none of the last scene up to the start, nothing but it from the end on, and evenly
/// more between the two.
/// </summary>
/// <param name="Start">The last picture of the first scene alone, from the beginning of the row.</param>
/// <param name="End">The first picture of the last scene alone.</param>
/// <param name="Off">By how much the shares are off from this way, on average over the row.</param>
/// <param name="OffBetween">The same over the pictures between the two.</param>
/// <param name="Rest">What a mix leaves over between the two, on average.</param>
internal readonly record struct MixRamp(int Start, int End, double Off, double OffBetween, double Rest)
{
    // A picture in a flash says nothing: it is off by no more than this.
    private const double MaxOff = 0.5;

    /// <summary>The way that the shares agree with best.</summary>
    /// <param name="fits">Of each picture of the row.</param>
    /// <param name="minLength">From the start to the end.</param>
    public static MixRamp Of(ReadOnlySpan<MixFit> fits, int minLength)
    {
        var best = new MixRamp(0, fits.Length - 1, double.MaxValue, 1, 1);
        for (int start = 0; start + minLength < fits.Length; start++)
        {
            for (int end = start + minLength; end < fits.Length; end++)
            {
                double off = OffOf(fits, start, end, best.Off * fits.Length) / fits.Length;
                best = off < best.Off ? new MixRamp(start, end, off, 1, 1) : best;
            }
        }

        (double rest, double between) = (0, 0);
        for (int i = best.Start + 1; i < best.End; i++)
        {
            rest += fits[i].Rest;
            between += OffAt(fits, i, best.Start, best.End);
        }

        int count = best.End - best.Start - 1;
        return best with { OffBetween = between / count, Rest = rest / count };
    }

    private static double OffOf(ReadOnlySpan<MixFit> fits, int start, int end, double most)
    {
        double off = 0;
        for (int i = 0; i < fits.Length && off < most; i++)
        {
            off += OffAt(fits, i, start, end);
        }

        return off;
    }

    private static double OffAt(ReadOnlySpan<MixFit> fits, int at, int start, int end) =>
        Math.Min(MaxOff, Math.Abs(fits[at].Share - Math.Clamp((double)(at - start) / (end - start), 0, 1)));
}
