namespace Rtc.Analysis.Scenes;

/// <summary>Where a search for cuts stands, as a job keeps it; with the pictures shortly before, it can go on from here.</summary>
internal sealed record CutState(IReadOnlyList<long> Cuts, long BlankFrom);

/// <summary>
/// Finds cuts in a stream of pictures. A hard cut changes the picture at once, much more than the pictures around it change, and into
/// something else than a brighter or darker copy; a flash returns to what was before; a fade goes through black or white and counts as
/// one cut, in its middle. A decision is made a few pictures late and looks at so many before it, nothing else.
/// </summary>
internal sealed class CutDetector
{
    /// <summary>Pictures before a position that have to be seen again to go on from it.</summary>
    public const int Memory = Late + Back;

    // How long a flash may be, in pictures: a quarter of a second at 24.
    private const int MaxFlash = 6;
    private const int Around = 2;
    private const int Late = MaxFlash + Around;
    private const int Back = MaxFlash + Around + 1;

    // Mean change of a pixel below which nothing is a cut.
    private const double MinChange = 8;

    // How many times more than the pictures around a cut changes; less is enough where the colours are others as well, or where the
    // pictures around are alike as those of a moving camera are, and these two are not.
    private const double MinRatio = 3;
    private const double MinRatioOfOther = 1.7;
    private const double OtherColours = 0.35;
    private const double OtherStructure = 0.4;
    private const double Unlike = 0.3;
    private const double MaxLikenessOfCut = 0.6;

    // Below it the pictures around count as still.
    private const double StillChange = 1.5;

    // Pictures more alike than this show the same.
    private const double SameScene = 0.75;

    // What a scene may change, as a part of what a flash changes, and by how much its brightness may drift meanwhile.
    private const double SmallPart = 0.35;
    private const double MaxDrift = 40;

    // A picture of one colour, black or white.
    private const double MaxBlankDeviation = 4;
    private const double Black = 40;
    private const double White = 215;

    // Shorter ones are part of a transition.
    private const double MinSceneSeconds = 0.3;

    private readonly Signature?[] _ring = new Signature?[Memory + 1];
    private readonly List<long> _cuts;
    private readonly long _minScene;
    private long _next;
    private long _decided;
    private long _first;
    private long _blankFrom;

    /// <param name="fps">Pictures a second.</param>
    /// <param name="next">The number of the next picture that is new.</param>
    /// <param name="state">As it was before that; null at the start.</param>
    public CutDetector(double fps, long next = 0, CutState? state = null)
    {
        _minScene = Math.Max(2, (long)Math.Round(MinSceneSeconds * fps));
        _cuts = [.. state?.Cuts ?? []];
        _blankFrom = state?.BlankFrom ?? -1;
        _next = _first = FirstNeeded(next);
        _decided = Math.Max(0, next - Late);
    }

    /// <summary>The numbers of the first pictures of all scenes but the first.</summary>
    public IReadOnlyList<long> Cuts => _cuts;

    public CutState State => new([.. _cuts], _blankFrom);

    /// <summary>The first picture that has to be seen to go on from a position.</summary>
    public static long FirstNeeded(long next) => Math.Max(0, next - Memory);

    /// <summary>Takes the next picture and gives back the memory of one that is not needed any more.</summary>
    public Signature? Add(Signature picture)
    {
        ref Signature? place = ref _ring[_next % _ring.Length];
        Signature? old = place;
        place = picture;
        _next++;
        while (_decided + Late < _next)
        {
            Decide(_decided++);
        }

        return old;
    }

    /// <summary>There are no more: decides about the last ones.</summary>
    public void Finish()
    {
        while (_decided < _next)
        {
            Decide(_decided++);
        }
    }

    private Signature? At(long number) => number >= _first && number < _next && number > _next - 1 - _ring.Length
        ? _ring[number % _ring.Length]
        : null;

    private void Decide(long number)
    {
        if (At(number) is not { } here)
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

        if (At(number - 1) is { } before && IsCut(number, before, here) && !IsFlash(number - 1, number))
        {
            Cut(number);
        }
    }

    /// <summary>
    /// One that the video begins with leads to no other scene, and a short one that returns to where it came from is a flash.
    /// </summary>
    private void EndBlank(long number)
    {
        bool isFlash = number - _blankFrom <= MaxFlash && HasAbrupt(number - MaxFlash, _blankFrom) && IsFlash(_blankFrom - 1, number);
        if (_blankFrom > 0 && !isFlash)
        {
            Cut((_blankFrom + number) / 2);
        }
    }

    private bool IsCut(long number, Signature before, Signature here)
    {
        double change = here.ChangeFrom(before);
        double likeness = here.LikenessTo(before);
        if (change < MinChange || likeness >= MaxLikenessOfCut)
        {
            return false;
        }

        double around = 0;
        double likenessAround = 0;
        int count = 0;
        for (int offset = -Around; offset <= Around; offset++)
        {
            if (offset != 0 && At(number + offset - 1) is { } first && At(number + offset) is { } second)
            {
                around += second.ChangeFrom(first);
                likenessAround += second.LikenessTo(first);
                count++;
            }
        }

        double ratio = change / Math.Max(StillChange, count == 0 ? 0 : around / count);
        bool isOther = likeness < Unlike && (here.HistogramChangeFrom(before) >= OtherColours
            || (count > 0 && (likenessAround / count) - likeness >= OtherStructure));
        return ratio >= (isOther ? MinRatioOfOther : MinRatio);
    }

    /// <summary>Somewhere from one picture to another it changes at once, as it does not in a fade.</summary>
    private bool HasAbrupt(long first, long last)
    {
        for (long number = first; number <= last; number++)
        {
            if (IsAbrupt(number))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsAbrupt(long number)
    {
        double change = ChangeAt(number) ?? 0;
        double before = 0;
        for (int offset = 1; offset <= Around; offset++)
        {
            before = Math.Max(before, ChangeAt(number - offset) ?? 0);
        }

        return change >= MinChange && change >= MinRatio * Math.Max(StillChange, before);
    }

    private double? ChangeAt(long number) =>
        At(number - 1) is { } before && At(number) is { } here ? here.ChangeFrom(before) : null;

    /// <summary>A few pictures on either side of the change are of one scene: what lies between them is a flash.</summary>
    private bool IsFlash(long lastBefore, long firstAfter)
    {
        for (long after = firstAfter; after <= lastBefore + MaxFlash + 1; after++)
        {
            for (long before = lastBefore; before >= after - MaxFlash - 1; before--)
            {
                if (after - before > 1 && At(before) is { } first && At(after) is { } second && IsSame(first, second, before, after))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The same scene a few pictures later: alike, or far less changed than by what came in between.</summary>
    private bool IsSame(Signature first, Signature second, long before, long after)
    {
        double most = 0;
        for (long number = before + 1; number <= after; number++)
        {
            most = Math.Max(most, ChangeAt(number) ?? 0);
        }

        return second.ChangeFrom(first) <= SmallPart * most
            || (second.LikenessTo(first) >= SameScene && Math.Abs(second.Mean - first.Mean) < MaxDrift);
    }

    private static bool IsBlank(Signature picture) =>
        picture.Deviation < MaxBlankDeviation && picture.Mean is < Black or > White;

    private void Cut(long number)
    {
        if (number - (_cuts.Count > 0 ? _cuts[^1] : 0) >= _minScene)
        {
            _cuts.Add(number);
        }
    }
}
