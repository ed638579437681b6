namespace Rtc.Analysis.Scenes;

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
    private const double MaxDetail = 0.8;

    // What a mix may leave over, as a part of the difference of the two scenes; where there is one scene alone, grain and shake leave more.
    private const double MaxRest = 0.32;
    private const double MaxRestOutside = 0.4;

    // How far the share of the last scene may be from 0 before the first picture and from 1 after the last, and from one half halfway.
    private const double MaxOutside = 0.25;
    private const double MaxAside = 0.3;

    // By how much the share grows on each half of the way at least, and how evenly.
    private const double MinGrowth = 0.1;
    private const double MaxUneven = 0.16;

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

    // A lamp that flashes for so many pictures before or after may hide a scene.
    private const int Flash = 5;

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
    public int Reach => _reaches[^1] + Half(_reaches[^1]) + Flash;

    /// <summary>The middle of a dissolve that goes on at a picture; null where there is none.</summary>
    /// <param name="number">The picture.</param>
    /// <param name="isAlone">Whether nothing between two pictures explains their difference otherwise.</param>
    public long? CentreAt(long number, Func<long, long, bool> isAlone)
    {
        foreach (int reach in _reaches)
        {
            // A long one is found from any picture about its middle.
            int whole = reach + Half(reach);
            if (number % Math.Max(1, reach / 4) == 0 && isAlone(number - whole, number + whole) && CentreAt(number, reach) is { } centre)
            {
                return centre;
            }
        }

        return null;
    }

    private static int Half(int reach) => Math.Max(2, reach / 2);

    private long? CentreAt(long number, int reach)
    {
        int half = Half(reach);
        if (_pictures.At(number) is not { } here || _pictures.At(number - reach) is not { } first
            || _pictures.At(number + reach) is not { } last || _pictures.At(number - reach - half) is null
            || _pictures.At(number + reach + half) is null || !here.HasSizeOf(first) || !here.HasSizeOf(last)
            || here.Detail > MaxDetail * (first.Detail + last.Detail) / 2 || first.ChangeFrom(last) < MinChange)
        {
            return null;
        }

        _mix.Follow(number - reach, number + reach, half + Flash);
        MixFit middle = _mix.At(number);
        if (middle.Rest > MaxRest || Math.Abs(middle.Share - 0.5) > MaxAside)
        {
            return null;
        }

        MixFit early = _mix.At(number - half), later = _mix.At(number + half);
        return early.Rest <= MaxRest && later.Rest <= MaxRest
            && middle.Share - early.Share >= MinGrowth && later.Share - middle.Share >= MinGrowth
            && Math.Abs(((early.Share + later.Share) / 2) - middle.Share) <= MaxUneven
            && IsSceneAlone(number - reach - half, -Flash, 0) && IsSceneAlone(number + reach + half, Flash, 1)
            && IsSlow(number - reach - half, number + reach + half) && AreScenes(number, first, last, half)
                ? number + (long)Math.Round((0.5 - middle.Share) / (later.Share - early.Share) * 2 * half)
                : null;
    }

    /// <summary>There is one scene alone, or is, a flash further on.</summary>
    private bool IsSceneAlone(long number, int further, double share)
    {
        return Is(_mix.At(number)) || Is(_mix.At(number + further));

        bool Is(MixFit fit) => Math.Abs(fit.Share - share) <= MaxOutside && fit.Rest <= MaxRestOutside;
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
