namespace Rtc.Analysis.Scenes;

/// <summary>
/// Two scenes, each known by one picture, and where either is in the pictures between: a camera that pans or shakes is followed from
/// picture to picture. Its memory serves one pair after another.
/// </summary>
internal sealed class SceneMix(PictureWindow pictures, int maxLength)
{
    private readonly PixelShift[] _firstAt = new PixelShift[maxLength];
    private readonly PixelShift[] _lastAt = new PixelShift[maxLength];
    private readonly MixFit[] _fits = new MixFit[maxLength];
    private readonly FinePicture _first = new();
    private readonly FinePicture _last = new();
    private Signature _like = new();
    private long _from;
    private long _to;

    /// <summary>Follows the first scene until it fades and the last one back to where it begins to show.</summary>
    /// <param name="first">The first scene's picture.</param>
    /// <param name="last">The last scene's picture.</param>
    /// <param name="outside">Pictures before and after these two that are asked for as well.</param>
    public void Follow(long first, long last, int outside)
    {
        _like = pictures.At(first)!;
        _first.Take(_like);
        _last.Take(pictures.At(last)!);
        (_from, _to) = (first - outside, last + outside);

        // Beyond three quarters of the way too little is left of the first scene to be followed, and so of the last before a quarter.
        long quarter = (last - first) / 4;
        Follow(_first, first, last - quarter, _firstAt);
        Follow(_first, first, _from, _firstAt);
        Array.Fill(_firstAt, _firstAt[last - quarter - _from], (int)(last - quarter - _from), (int)(_to - last + quarter + 1));
        Follow(_last, last, first + quarter, _lastAt);
        Follow(_last, last, _to, _lastAt);
        Array.Fill(_lastAt, _lastAt[first + quarter - _from], 0, (int)(first + quarter - _from));
    }

    /// <summary>How much of the last scene is in a picture.</summary>
    public MixFit At(long number)
    {
        (PixelShift first, PixelShift last) = (default, default);
        return number >= _from && number <= _to ? At(number, ref first, ref last, isKnown: false) : MixFit.None;
    }

    /// <summary>The same of all pictures from one to another, each from where both scenes were in the one before as well.</summary>
    public ReadOnlySpan<MixFit> Between(long first, long last)
    {
        (PixelShift firstAt, PixelShift lastAt) = (_firstAt[first - _from], _lastAt[first - _from]);
        for (long number = first; number <= last; number++)
        {
            _fits[number - first] = At(number, ref firstAt, ref lastAt, isKnown: true);
        }

        return _fits.AsSpan(0, (int)(last - first + 1));
    }

    private MixFit At(long number, ref PixelShift first, ref PixelShift last, bool isKnown)
    {
        if (pictures.At(number) is not { } here || !here.HasSizeOf(_like))
        {
            return MixFit.None;
        }

        (PixelShift followedFirst, PixelShift followedLast) = (_firstAt[number - _from], _lastAt[number - _from]);
        if (!isKnown || PictureMix.Fit(_first, followedFirst, _last, followedLast, here).Rest
            <= PictureMix.Fit(_first, first, _last, last, here).Rest)
        {
            (first, last) = (followedFirst, followedLast);
        }

        return PictureMix.Explain(_first, ref first, _last, ref last, here);
    }

    private void Follow(FinePicture scene, long from, long to, PixelShift[] at)
    {
        PixelShift shift = default;
        at[from - _from] = shift;
        int way = Math.Sign(to - from);
        for (long number = from; number != to; at[number - _from] = shift)
        {
            number += way;
            shift = pictures.At(number) is { } here && here.HasSizeOf(_like) ? PictureMix.Follow(scene, here, shift) : shift;
        }
    }
}
