namespace Rtc.Analysis.Scenes;

/// <summary>
/// Two scenes, each known by one picture, and where either is in the pictures between: a camera that pans or shakes is followed from
/// picture to picture. Its memory serves one pair after another.
/// </summary>
internal sealed class SceneMix(PictureWindow pictures, int maxLength)
{
    private readonly PixelShift[] _firstAt = new PixelShift[maxLength];
    private readonly PixelShift[] _lastAt = new PixelShift[maxLength];
    private Signature _first = new();
    private Signature _last = new();
    private long _from;
    private long _to;

    /// <summary>Follows the first scene until it fades and the last one back to where it begins to show.</summary>
    /// <param name="first">The first scene's picture.</param>
    /// <param name="last">The last scene's picture.</param>
    /// <param name="outside">Pictures before and after these two that are asked for as well.</param>
    public void Follow(long first, long last, int outside)
    {
        (_first, _last) = (pictures.At(first)!, pictures.At(last)!);
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
    public MixFit At(long number) =>
        number >= _from && number <= _to && pictures.At(number) is { } here && here.HasSizeOf(_first) && here.HasSizeOf(_last)
            ? PictureMix.Explain(_first, _firstAt[number - _from], _last, _lastAt[number - _from], here)
            : MixFit.None;

    private void Follow(Signature scene, long from, long to, PixelShift[] at)
    {
        PixelShift shift = default;
        at[from - _from] = shift;
        int way = Math.Sign(to - from);
        for (long number = from; number != to; at[number - _from] = shift)
        {
            number += way;
            shift = pictures.At(number) is { } here && here.HasSizeOf(scene) ? PictureMix.Follow(scene, here, shift) : shift;
        }
    }
}
