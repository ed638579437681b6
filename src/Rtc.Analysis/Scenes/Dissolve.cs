namespace Rtc.Analysis.Scenes;

/// <summary>
/// Tells where one scene melts into another: two pictures that nothing explains to each other, and all between them are a mix of the
/// two, more of the second from picture to picture. A camera that turns, an object that passes and a wipe are no mix.
/// </summary>
internal sealed class Dissolve
{
    private const int MinReach = 2;
    private const int MaxReach = 48;

    private const double MinChange = 8;

    // What two scenes differ by, whatever the camera did meanwhile.
    private const double MinSceneChange = 14;
    private const double MinUnexplained = 0.2;

    // A picture halfway is as far from either, in parts of their difference; a camera that turns or zooms explains it better.
    private const double MinPartOfMiddle = 0.35;

    // Pixels of the copy that the camera turns from picture to picture, and in what part of them it may turn faster.
    private const double MaxStep = 2;
    private const double MaxFastSteps = 0.15;

    // Two pictures that correlate more are one scene, brighter or darker.
    private const double MaxLikeness = 0.75;
    private const double SceneReach = 0.45;

    // What a mix may leave over, as a part of the difference of the two scenes; how far its share may lie outside of 0 to 1, and by how
    // much it grows from one quarter of the way to the next.
    private const double MaxRest = 0.38;
    private const double MaxOutside = 0.15;
    private const double MinGrowth = 0.1;
    private const double MinCovered = 0.4;

    // Where a mix leaves less than this over, a pixel of camera shake is looked for, so many times.
    private const double WorthARound = 0.8;
    private const int Rounds = 2;

    // Half the way between the two pictures, in seconds.
    private static readonly double[] s_reaches = [0.2, 0.45, 0.9];

    private readonly PictureWindow _pictures;
    private readonly int[] _reaches;

    public Dissolve(PictureWindow pictures, double fps)
    {
        _pictures = pictures;
        _reaches =
        [
            .. s_reaches.Select(seconds => (int)Math.Clamp(Math.Round(seconds * fps), MinReach, MaxReach)).Distinct(),
        ];
    }

    /// <summary>Pictures after one that it may look at.</summary>
    public int Reach => _reaches[^1] + Math.Max(Quarter(_reaches[^1]), PictureWindow.MotionSteps);

    /// <param name="number">The picture in question.</param>
    /// <param name="isAlone">Whether nothing between two pictures explains their difference otherwise.</param>
    public bool IsCentre(long number, Func<long, long, bool> isAlone)
    {
        foreach (int reach in _reaches)
        {
            int whole = reach + Quarter(reach);
            if (IsCentre(number, reach) && isAlone(number - whole, number + whole))
            {
                return true;
            }
        }

        return false;
    }

    private static int Quarter(int reach) => Math.Max(1, reach / 2);

    private bool IsCentre(long number, int reach)
    {
        if (_pictures.At(number - reach) is not { } first || _pictures.At(number + reach) is not { } last
            || !first.HasSizeOf(last) || first.ChangeFrom(last) < MinChange)
        {
            return false;
        }

        const double half = 0.5;
        var scene = new Pair(
            number - reach, number + reach, _pictures.MotionAt(number - reach),
            _pictures.MotionAt(number + reach + PictureWindow.MotionSteps));
        if (!TryMix(scene, number, out double middle) || middle < half
            || (TryMix(scene, number - 1, out double before) && before >= half))
        {
            return false;
        }

        // Before the first picture there is the first scene alone, after the last one the second.
        int quarter = Quarter(reach);
        return TryMix(scene, number - quarter, out double early) && TryMix(scene, number + quarter, out double later)
            && early >= -MaxOutside && later <= 1 + MaxOutside && middle - early >= MinGrowth && later - middle >= MinGrowth
            && TryMix(scene, number - reach - quarter, out double none) && Math.Abs(none) <= MaxOutside
            && TryMix(scene, number + reach + quarter, out double all) && Math.Abs(1 - all) <= MaxOutside
            && Likeness(first, last) <= MaxLikeness && IsSlow(number - reach - quarter, number + reach + quarter)
            && _pictures.At(number) is { } here
            && PictureMatch.Compare(first, last, SceneReach, zooms: true) is var way
            && way.Unexplained >= MinUnexplained && way.Change >= MinSceneChange
            && PictureMatch.Compare(first, here, SceneReach, zooms: true).Change >= MinPartOfMiddle * way.Change
            && PictureMatch.Compare(here, last, SceneReach, zooms: true).Change >= MinPartOfMiddle * way.Change;
    }

    /// <summary>Nearly all the way the camera turned no faster than an eye follows: what is a mix could be told.</summary>
    private bool IsSlow(long first, long last)
    {
        int fast = 0;
        for (long number = first + 1; number <= last; number++)
        {
            PictureDifference step = _pictures.StepAt(number);
            fast += Math.Abs(step.ShiftX) + Math.Abs(step.ShiftY) > MaxStep ? 1 : 0;
        }

        return fast <= MaxFastSteps * (last - first);
    }

    /// <summary>How much of the last picture is in one between the two; false where it is no mix of both.</summary>
    private bool TryMix(in Pair pair, long number, out double share)
    {
        share = 0;
        if (_pictures.At(pair.First) is not { } first || _pictures.At(pair.Last) is not { } last
            || _pictures.At(number) is not { } here || !here.HasSizeOf(first))
        {
            return false;
        }

        var shifts = new Shifts(
            Steps(pair.FirstMotion.X, number - pair.First), Steps(pair.FirstMotion.Y, number - pair.First),
            -Steps(pair.LastMotion.X, pair.Last - number), -Steps(pair.LastMotion.Y, pair.Last - number));
        (double rest, share) = Mix(first, last, here, shifts);
        for (int round = 0; round < Rounds && rest is > MaxRest and < WorthARound; round++)
        {
            // A hand that holds a camera shakes: a pixel this way or that.
            Shifts centre = shifts;
            double before = rest;
            for (int i = 0; i < 18; i++)
            {
                int x = (i % 3) - 1, y = (i / 3 % 3) - 1;
                Shifts tried = i < 9
                    ? centre with { FirstX = centre.FirstX + x, FirstY = centre.FirstY + y }
                    : shifts with { LastX = centre.LastX + x, LastY = centre.LastY + y };
                if (Mix(first, last, here, tried) is var mix && mix.Left < rest)
                {
                    (rest, share, shifts) = (mix.Left, mix.Share, tried);
                }
            }

            if (rest >= before)
            {
                break;
            }
        }

        return rest <= MaxRest;
    }

    /// <summary>The share of the last picture that explains one best, and what that leaves over; 1 where it can't be told.</summary>
    private static (double Left, double Share) Mix(Signature first, Signature last, Signature here, in Shifts shifts)
    {
        int width = here.Width, height = here.Height;
        int left = Math.Max(0, Math.Max(-shifts.FirstX, -shifts.LastX));
        int right = width - Math.Max(0, Math.Max(shifts.FirstX, shifts.LastX));
        int top = Math.Max(0, Math.Max(-shifts.FirstY, -shifts.LastY));
        int bottom = height - Math.Max(0, Math.Max(shifts.FirstY, shifts.LastY));
        if (right <= left || bottom <= top || (right - left) * (bottom - top) < MinCovered * width * height)
        {
            return (1, 0);
        }

        long products = 0, differences = 0, squares = 0;
        for (int y = top; y < bottom; y++)
        {
            ReadOnlySpan<byte> of = here.Luma.AsSpan((y * width) + left, right - left);
            ReadOnlySpan<byte> one = first.Luma.AsSpan(((y + shifts.FirstY) * width) + left + shifts.FirstX, of.Length);
            ReadOnlySpan<byte> other = last.Luma.AsSpan(((y + shifts.LastY) * width) + left + shifts.LastX, of.Length);
            for (int i = 0; i < of.Length; i++)
            {
                int way = other[i] - one[i], gone = of[i] - one[i];
                products += way * gone;
                differences += way * way;
                squares += gone * gone;
            }
        }

        if (differences < MinChange * MinChange * (right - left) * (bottom - top))
        {
            return (1, 0);
        }

        double share = (double)products / differences;
        return (Math.Sqrt(Math.Max(0, squares - (share * products)) / differences), share);
    }

    /// <summary>How two pictures correlate as they are.</summary>
    private static double Likeness(Signature one, Signature other)
    {
        long sumA = 0, sumB = 0, squaresA = 0, squaresB = 0, products = 0;
        for (int i = 0; i < one.Luma.Length; i++)
        {
            int a = one.Luma[i], b = other.Luma[i];
            (sumA, sumB, squaresA, squaresB, products) = (sumA + a, sumB + b, squaresA + (a * a), squaresB + (b * b), products + (a * b));
        }

        double count = one.Luma.Length;
        double spread = (squaresA - (sumA / count * sumA)) * (squaresB - (sumB / count * sumB));
        return spread <= 1 ? 1 : (products - (sumA / count * sumB)) / Math.Sqrt(spread);
    }

    private static int Steps(double motion, long pictures) => (int)Math.Round(motion * pictures);

    /// <summary>Where the scenes of the first and of the last picture are in one between, in pixels of the copy.</summary>
    private readonly record struct Shifts(int FirstX, int FirstY, int LastX, int LastY);

    /// <summary>The pictures that the others may be a mix of, and how each scene's camera moves.</summary>
    private readonly record struct Pair(
        long First, long Last, (double X, double Y) FirstMotion, (double X, double Y) LastMotion);
}
