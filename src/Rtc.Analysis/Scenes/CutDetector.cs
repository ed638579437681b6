namespace Rtc.Analysis.Scenes;

/// <summary>Where a search for cuts stands, as a job keeps it; with the pictures shortly before, it can go on from here.</summary>
internal sealed record CutState(IReadOnlyList<long> Cuts, long BlankFrom, long MeltedTo = -1);

/// <summary>
/// Finds cuts in a stream of pictures. At a hard cut the picture before does not explain the one after it, wherever the camera turned,
/// and much less than pictures around explain each other; a flash returns to what was before; a fade goes through black or white and
/// counts as one cut, in its middle, and so does a dissolve (<see cref="Dissolve"/>). A decision is made a second late and looks at so
/// many pictures before it, nothing else.
/// </summary>
internal sealed class CutDetector
{
    /// <summary>Pictures before a position that have to be seen again to go on from it.</summary>
    public const int Memory = PictureWindow.Length - 1;

    private const double FlashSeconds = 0.25;
    private const int MaxFlash = 15;
    private const int Around = 3;

    // What a cut changes of a pixel, beyond what the camera's motion explains, and how many times more than the pictures around it
    // change; and how much of the structure nothing explains.
    private const double MinChange = 10;
    private const double MinRatio = 3;
    private const double StillChange = 2;
    private const double MinUnexplained = 0.15;

    // What two pictures of one scene differ by at most: as a part of what came in between, and in brightness, colour and structure.
    private const double MaxPartOfSame = 0.6;
    private const double MaxChangeOfSame = 24;
    private const double MaxUnexplainedOfSame = 0.45;

    // The same for that part of the picture which has changed least.
    private const double PartOfSame = 0.6;
    private const double MaxChangeOfRest = 10;
    private const double MaxUnexplainedOfRest = 0.3;

    // Where its structure is surely the same, its light may have changed more.
    private const double MaxChangeOfSure = 14;
    private const double MaxUnexplainedOfSure = 0.25;

    // How far a camera turns during a flash, in parts of the picture.
    private const double FlashReach = 0.45;

    // Beside a flash and in a fade: a picture that has lost more of its contrast than this shows too little to be compared.
    private const double MinContrast = 0.6;

    // A picture of one colour, black or white.
    private const double MaxBlankDeviation = 4;
    private const double Black = 40;
    private const double White = 215;

    // How long a scene takes to fade to one colour, at most.
    private const double FadeSeconds = 1;
    private const int MaxFade = 48;

    // Shorter ones are part of a transition.
    private const double MinSceneSeconds = 0.3;

    private readonly PictureWindow _pictures;
    private readonly Dissolve _dissolve;
    private readonly List<long> _cuts;
    private readonly long _minScene;
    private readonly int _flash;
    private readonly int _fade;
    private long _decided;
    private long _dissolved;
    private long _blankFrom;
    private long _meltedTo;

    /// <param name="fps">Pictures a second.</param>
    /// <param name="next">The number of the next picture that is new.</param>
    /// <param name="state">As it was before that; null at the start.</param>
    public CutDetector(double fps, long next = 0, CutState? state = null)
    {
        _minScene = Math.Max(2, (long)Math.Round(MinSceneSeconds * fps));
        _flash = (int)Math.Clamp(Math.Round(FlashSeconds * fps), 2, MaxFlash);
        _fade = (int)Math.Clamp(Math.Round(FadeSeconds * fps), 2, MaxFade);
        _cuts = [.. state?.Cuts ?? []];
        _blankFrom = state?.BlankFrom ?? -1;
        _meltedTo = state?.MeltedTo ?? -1;
        _pictures = new PictureWindow(FirstNeeded(next));
        _dissolve = new Dissolve(_pictures, fps);
        _decided = Math.Max(0, next - Late);
        _dissolved = Math.Max(0, next - VeryLate);
    }

    /// <summary>The numbers of the first pictures of all scenes but the first.</summary>
    public IReadOnlyList<long> Cuts => _cuts;

    public CutState State => new([.. _cuts], _blankFrom, _meltedTo);

    private int Late => _flash + Around;

    private int VeryLate => Late + _dissolve.Reach + 1;

    /// <summary>The first picture that has to be seen to go on from a position.</summary>
    public static long FirstNeeded(long next) => Math.Max(0, next - Memory);

    /// <summary>Takes the next picture and gives back the memory of one that is not needed any more.</summary>
    public Signature? Add(Signature picture)
    {
        Signature? old = _pictures.Add(picture);
        Decide(_pictures.Next - Late, _pictures.Next - VeryLate);
        return old;
    }

    /// <summary>There are no more: decides about the last ones.</summary>
    public void Finish() => Decide(_pictures.Next, _pictures.Next);

    private void Decide(long hard, long dissolved)
    {
        while (_decided < hard)
        {
            Decide(_decided++);
        }

        for (; _dissolved < dissolved; _dissolved++)
        {
            if (_dissolve.At(_dissolved, IsAlone) is { } found && IsAlone(found.First, found.Last))
            {
                // A part of a long one looks like a whole one, and so does the part that follows it.
                if (_meltedTo < 0 || found.First > _meltedTo + _minScene)
                {
                    Cut(found.Middle);
                }

                _meltedTo = Math.Max(_meltedTo, found.Last);
            }
        }
    }

    /// <summary>Nothing else that is a cut lies between two pictures or just beside them.</summary>
    private bool IsAlone(long first, long last)
    {
        // A dissolve is found once, and a picture on its way to black is a mix as well.
        long middle = (first + last) / 2;
        (long from, long to) = (Math.Min(first, middle - (_fade / 2)), Math.Max(last, middle + (_fade / 2)));
        for (int i = _cuts.Count - 1; i >= 0 && _cuts[i] > from; i--)
        {
            if (_cuts[i] <= to)
            {
                return false;
            }
        }

        for (long number = Math.Min(from, middle - _fade); number <= Math.Max(to, middle + _fade); number++)
        {
            if (IsFaded(number))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A picture of one colour that is no flash: a cut is near, in pictures as these, or the colour lasts.</summary>
    private bool IsFaded(long number)
    {
        if (!IsBlankAt(number))
        {
            return false;
        }

        bool isFaded = _blankFrom >= 0 && number >= _blankFrom;
        for (int i = _cuts.Count - 1; i >= 0 && _cuts[i] >= number - _fade && !isFaded; i--)
        {
            isFaded = _cuts[i] <= number + _fade && IsBlankAt(_cuts[i]);
        }

        return isFaded;
    }

    private bool IsBlankAt(long number) => _pictures.At(number) is { } picture && IsBlank(picture);

    private void Decide(long number)
    {
        if (_pictures.At(number) is not { } here)
        {
            return;
        }

        if (IsBlank(here))
        {
            _blankFrom = _blankFrom < 0 ? number : _blankFrom;
            return;
        }

        if (_blankFrom >= 0)
        {
            EndBlank(number);
            _blankFrom = -1;
            return;
        }

        if (_pictures.At(number - 1) is { } before && IsCut(number, before, here) && !IsFlash(number - 1, number))
        {
            Cut(number);
        }
    }

    /// <summary>
    /// One that the video begins with leads to no other scene, and a short one that returns to where it came from is a flash.
    /// </summary>
    private void EndBlank(long number)
    {
        if (_blankFrom > 0 && !IsFlash(_blankFrom - 1, number))
        {
            Cut((_blankFrom + number) / 2);
        }
    }

    private bool IsCut(long number, Signature before, Signature here)
    {
        PictureDifference step = _pictures.StepAt(number);
        double least = LeastChange(number);
        if (step.Unexplained < MinUnexplained || step.Change < least)
        {
            return false;
        }

        // A camera that begins or ends to turn fast goes on as it does a picture later, or as it did before.
        for (int offset = -1; offset <= 2; offset++)
        {
            PictureDifference other = _pictures.StepAt(number + offset);
            if (offset != 0 && other != default && PictureMatch.With(before, here, [(other.ShiftX, other.ShiftY)]).Change < least)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What is a cut among the changes around a picture.</summary>
    private double LeastChange(long number)
    {
        Span<double> around = stackalloc double[2 * Around];
        int count = 0;
        for (int offset = -Around; offset <= Around; offset++)
        {
            if (offset != 0 && _pictures.HasStep(number + offset))
            {
                around[count++] = _pictures.StepAt(number + offset).Change;
            }
        }

        around = around[..count];
        around.Sort();
        return Math.Max(MinChange, MinRatio * Math.Max(StillChange, count == 0 ? 0 : around[count / 2]));
    }

    /// <summary>A few pictures on either side of the change are of one scene: what lies between them is a flash.</summary>
    private bool IsFlash(long lastBefore, long firstAfter)
    {
        if (firstAfter > lastBefore + _flash + 1)
        {
            return false;
        }

        double before = UsualDeviation(lastBefore - _flash, lastBefore), after = UsualDeviation(firstAfter, firstAfter + _flash);
        for (long second = firstAfter; second <= lastBefore + _flash + 1; second++)
        {
            for (long first = lastBefore; first >= second - _flash - 1; first--)
            {
                if (second - first > 1 && IsSame(first, second, before * MinContrast, after * MinContrast))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Halfway between the least and the most, in order: what passes for a moment doesn't count.</summary>
    private double UsualDeviation(long first, long last)
    {
        Span<double> all = stackalloc double[MaxFlash + 1];
        int count = 0;
        for (long number = first; number <= last; number++)
        {
            if (_pictures.At(number) is { } picture)
            {
                all[count++] = picture.Deviation;
            }
        }

        all = all[..count];
        all.Sort();
        return count == 0 ? 0 : all[count / 2];
    }

    private bool IsSame(long before, long after, double minBefore, double minAfter)
    {
        if (_pictures.At(before) is not { } first || _pictures.At(after) is not { } second
            || first.Deviation < minBefore || second.Deviation < minAfter)
        {
            return false;
        }

        double most = 0;
        for (long number = before + 1; number <= after; number++)
        {
            most = Math.Max(most, _pictures.StepAt(number).Change);
        }

        // The camera goes on meanwhile as it did before, or as it does after.
        PictureDifference way = PictureMatch.Compare(first, second, FlashReach, zooms: false);
        PictureDifference gone = _pictures.StepAt(before), goes = _pictures.StepAt(after + 1);
        long gap = after - before;
        ReadOnlySpan<(double X, double Y)> shifts =
            [(way.ShiftX, way.ShiftY), (gap * gone.ShiftX, gap * gone.ShiftY), (gap * goes.ShiftX, gap * goes.ShiftY)];
        foreach ((double x, double y) in shifts)
        {
            PictureDifference whole = PictureMatch.With(first, second, [(x, y)]);
            if (whole.Change <= Math.Min(MaxPartOfSame * most, MaxChangeOfSame) && whole.Unexplained <= MaxUnexplainedOfSame)
            {
                return true;
            }
        }

        // Something near that passes meanwhile hides a part of the scene, and moves by its own way.
        PictureDifference rest = PictureMatch.With(first, second, shifts, PartOfSame);
        return rest.Change <= MaxPartOfSame * most
            && ((rest.Change <= MaxChangeOfRest && rest.Unexplained <= MaxUnexplainedOfRest)
                || (rest.Change <= MaxChangeOfSure && rest.Unexplained <= MaxUnexplainedOfSure));
    }

    private static bool IsBlank(Signature picture) =>
        picture.Deviation < MaxBlankDeviation && picture.Mean is < Black or > White;

    private void Cut(long number)
    {
        int at = _cuts.Count;
        while (at > 0 && _cuts[at - 1] > number)
        {
            at--;
        }

        long before = at > 0 ? _cuts[at - 1] : 0;
        if (number - before >= _minScene && (at == _cuts.Count || _cuts[at] - number >= _minScene))
        {
            _cuts.Insert(at, number);
        }
    }
}
