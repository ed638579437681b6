namespace Rtc.Analysis.Scenes;

/// <summary>The last picture of one scene alone and the first of the next.</summary>
internal readonly record struct MixRange(long First, long Last)
{
    public long Middle => (First + Last) / 2;
}

/// <summary>
/// Tells where one scene melts into another: two pictures that nothing explains to each other, all between them are a mix of the two,
/// more of the second from picture to picture, and before and after them is one scene alone. A camera that turns or zooms, an object
/// that passes and a wipe are no mix.
/// </summary>
internal sealed class Dissolve
{
    private const int MinReach = 3;
    private const int MaxReach = 40;

    // What two scenes differ by before the camera's motion is taken out.
    private const double MinChange = 8;

    // Detail halfway, as a part of that of the two scenes: of two that have nothing to do with each other a half is left.
    private const double MaxDetail = 1.1;

    // What a mix may leave over of a single picture, as a part of the difference of the two scenes, and how far the share of the last
    // scene may be from one half halfway.
    private const double MaxRest = 0.4;
    private const double MaxAside = 0.35;

    // By how much the share grows on each half of the way at least.
    private const double MinGrowth = 0.05;

    // Of the whole way: its pictures, what the mix may leave over on average, how far the shares may be from growing evenly, and how many
    // pictures on either side have to show one scene alone.
    private const int MinLength = 4;
    private const double MaxMeanRest = 0.2;
    private const double MaxOff = 0.05;
    private const double MaxOffBetween = 0.06;
    private const int MinAlone = 2;

    // What two scenes differ by, whatever the camera did meanwhile; and what a shorter way does, as a camera that zooms would explain.
    private const double SceneReach = 0.45;
    private const double MinSceneChange = 18;
    private const double MinUnexplained = 0.3;
    private const double MinShortChange = 12;
    private const double MaxPartOfShort = 1.2;

    // A picture halfway is as far from either, in parts of their difference.
    private const double MinPartOfMiddle = 0.3;
    private const double MaxPartOfMiddle = 1.3;

    // Pixels of the copy that the camera turns from picture to picture, and in what part of them it may turn faster.
    private const double MaxStep = 2;
    private const double MaxFastSteps = 0.6;

    // Half the way between the two pictures, in seconds.
    private static readonly double[] s_reaches = [0.2, 0.32, 0.5, 0.9];

    private readonly PictureWindow _pictures;
    private readonly int[] _reaches;
    private readonly SceneMix _mix;

    public Dissolve(PictureWindow pictures, double fps)
    {
        _pictures = pictures;
        _reaches =
        [
            .. s_reaches.Select(seconds => (int)Math.Clamp(Math.Round(seconds * fps), MinReach, MaxReach)).Distinct(),
        ];
        _mix = new SceneMix(pictures, (2 * Reach) + 1);
    }

    /// <summary>Pictures after one that it may look at.</summary>
    public int Reach => _reaches[^1] + Half(_reaches[^1]);

    /// <summary>The dissolve that goes on at a picture; null where there is none.</summary>
    /// <param name="number">The picture.</param>
    /// <param name="isAlone">Whether nothing between two pictures explains their difference otherwise.</param>
    public MixRange? At(long number, Func<long, long, bool> isAlone)
    {
        foreach (int reach in _reaches)
        {
            // A long one is found from any picture about its middle.
            int whole = reach + Half(reach);
            if (number % Math.Max(1, reach / 4) == 0 && isAlone(number - whole, number + whole) && At(number, reach) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static int Half(int reach) => Math.Max(2, reach / 2);

    private MixRange? At(long number, int reach)
    {
        int half = Half(reach);
        (long from, long to) = (number - reach - half, number + reach + half);
        if (_pictures.At(number) is not { } here || _pictures.At(number - reach) is not { } first
            || _pictures.At(number + reach) is not { } last || _pictures.At(from) is null
            || _pictures.At(to) is null || !here.HasSizeOf(first) || !here.HasSizeOf(last)
            || here.Detail > MaxDetail * (first.Detail + last.Detail) / 2 || first.ChangeFrom(last) < MinChange)
        {
            return null;
        }

        // Following both scenes takes the most by far: a zoom explains more than this, never less.
        if (PictureMatch.Compare(first, last, SceneReach, zooms: false).Change < MinSceneChange)
        {
            return null;
        }

        _mix.Follow(number - reach, number + reach, half);
        MixFit middle = _mix.At(number);
        if (middle.Rest > MaxRest || Math.Abs(middle.Share - 0.5) > MaxAside)
        {
            return null;
        }

        MixFit early = _mix.At(number - half), later = _mix.At(number + half);
        if (early.Rest > MaxRest || later.Rest > MaxRest
            || middle.Share - early.Share < MinGrowth || later.Share - middle.Share < MinGrowth
            || !IsSlow(from, to) || !AreScenes(number, first, last, half))
        {
            return null;
        }

        MixRamp ramp = MixRamp.Of(_mix.Between(from, to), MinLength);
        return ramp.Off <= MaxOff && ramp.OffBetween <= MaxOffBetween && ramp.Rest <= MaxMeanRest
            && ramp.Start >= MinAlone && ramp.End <= to - from - MinAlone
            ? new MixRange(from + ramp.Start, from + ramp.End)
            : null;
    }

    /// <summary>Two pictures that no motion explains to each other, nor to the one halfway, nor those nearer to it.</summary>
    private bool AreScenes(long number, Signature first, Signature last, int half)
    {
        PictureDifference way = PictureMatch.Compare(first, last, SceneReach, zooms: true);
        if (way.Unexplained < MinUnexplained || way.Change < MinSceneChange)
        {
            return false;
        }

        Signature here = _pictures.At(number)!;
        double shorter = Change(_pictures.At(number - half)!, _pictures.At(number + half)!);
        double one = Change(first, here), other = Change(here, last);
        return shorter >= MinShortChange && shorter <= MaxPartOfShort * way.Change
            && Math.Min(one, other) >= MinPartOfMiddle * way.Change && Math.Max(one, other) <= MaxPartOfMiddle * way.Change;

        static double Change(Signature one, Signature other) => PictureMatch.Compare(one, other, SceneReach, zooms: true).Change;
    }

    /// <summary>Most of the way the camera turned no faster than an eye follows: what is a mix could be told.</summary>
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
}
