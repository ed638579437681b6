using System.Runtime.InteropServices;
using Rtc.Media;
using Rtc.Pipeline.Decoding;

namespace Rtc.Pipeline.Privacy;

/// <summary>
/// Finds where a picture differs from what the detector last saw: a person who was not there then is in no detection. It
/// keeps small copies of the last pictures and compares with that of the detection, or of a moment earlier where the
/// detection is so new that nothing could have moved. Motion of the camera itself is followed. Owned by the render loop.
/// </summary>
internal sealed class MotionWatch(PicturePool pool) : IDisposable
{
    private const int MaxSide = 160;
    private const int MaxKept = 24;

    /// <summary>Within less nothing moves by more than noise.</summary>
    private const long MinApartTicks = MediaTimeline.TicksPerSecond * 13 / 100;

    /// <summary>Where more than this remains changed the picture says nothing any more.</summary>
    private const double AllChanged = 0.4;

    private readonly List<Kept> _kept = [];
    private readonly MotionCells _cells = new();

    /// <summary>Takes a small copy of the picture, before anything is drawn on it.</summary>
    public void Observe(Picture picture, in PictureInfo info)
    {
        int longest = Math.Max(picture.Width, picture.Height);
        int width = Math.Max(2, longest <= MaxSide ? picture.Width : picture.Width * MaxSide / longest);
        int height = Math.Max(2, longest <= MaxSide ? picture.Height : picture.Height * MaxSide / longest);
        if (_kept.Count > 0 && (_kept[0].Small.Width != width || _kept[0].Small.Height != height))
        {
            Dispose();
        }

        Picture small;
        if (_kept.Count >= MaxKept)
        {
            small = _kept[0].Small;
            _kept.RemoveAt(0);
        }
        else
        {
            small = pool.Rent(width, height);
        }

        PictureOps.Scale(picture, small);
        _kept.Add(new Kept(small, info.FrameId, info.Ticks));
    }

    /// <summary>The picture that one of these is compared with, in ticks; null where there is none and nothing can be said.</summary>
    public long? ReferenceFor(in PictureInfo info, in PictureInfo detected) =>
        Find(info.FrameId) is { } && Find(detected.FrameId) is { } && Reference(info, detected) is { } reference ? reference.Ticks : null;

    /// <summary>
    /// Adds to <paramref name="unexplained"/>, in the picture's pixels, where something moved outside of
    /// <paramref name="explained"/>. False where all of the picture did, or there is nothing to compare with.
    /// </summary>
    public bool TryFind(Picture picture, in PictureInfo info, in PictureInfo detected, List<RectF> explained, List<RectF> unexplained)
    {
        if (Find(info.FrameId) is not { } now || Find(detected.FrameId) is not { } seen || Reference(info, detected) is not { } then)
        {
            return false;
        }

        // With both: a person who left and came back in between was not there when the detector looked.
        _cells.Begin(now.Small, picture.Width, picture.Height, CollectionsMarshal.AsSpan(explained));
        return _cells.Compare(now.Small, then.Small) <= AllChanged
            && (seen.FrameId == then.FrameId || seen.FrameId == now.FrameId || _cells.Compare(now.Small, seen.Small) <= AllChanged)
            && _cells.TryOutline(info.Ticks, unexplained);
    }

    public void Dispose()
    {
        foreach (Kept kept in _kept)
        {
            kept.Small.Dispose();
        }

        _kept.Clear();
        _cells.Reset();
    }

    private Kept? Find(long frameId)
    {
        for (int i = _kept.Count - 1; i >= 0; i--)
        {
            if (_kept[i].FrameId == frameId)
            {
                return _kept[i];
            }
        }

        return null;
    }

    private Kept? Reference(in PictureInfo info, in PictureInfo detected)
    {
        long latest = Math.Min(detected.Ticks, info.Ticks - MinApartTicks);
        for (int i = _kept.Count - 1; i >= 0; i--)
        {
            if (_kept[i].Ticks <= latest)
            {
                return _kept[i];
            }
        }

        return _kept.Count > 0 && _kept[0].Ticks <= detected.Ticks ? _kept[0] : null;
    }

    private readonly record struct Kept(Picture Small, long FrameId, long Ticks);
}
