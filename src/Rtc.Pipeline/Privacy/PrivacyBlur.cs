using System.Runtime.InteropServices;
using Rtc.Media;
using Rtc.Media.Imaging;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Privacy;

/// <summary>
/// Makes people unrecognisable, each along the way that it went since it was detected. Where it fails closed, what moves
/// without a reason is blurred too, and a picture of which too little is known is blurred whole. Owned by the render loop.
/// </summary>
internal sealed class PrivacyBlur(PicturePool pool, PrivacyOptions options) : IDisposable
{
    /// <summary>A box is this much too small for hair and hands.</summary>
    private const float Excess = 0.08f;

    /// <summary>A track's speed may be wrong by this share of it.</summary>
    private const double SpeedError = 0.5;

    private readonly MotionWatch _motion = new(pool);
    private readonly List<RectF> _boxes = [];
    private readonly List<RectF> _explained = [];

    /// <summary>Every picture in privacy mode, as it came.</summary>
    public void Observe(Picture picture, in PictureInfo info)
    {
        if (options.FailClosed)
        {
            _motion.Observe(picture, info);
        }
    }

    /// <summary>True where the picture was blurred whole.</summary>
    public bool Draw(Picture picture, SceneCopy scene, in PictureInfo info, float strength, Focus focus)
    {
        _boxes.Clear();
        bool isWhole = !TryFindPeople(picture, scene, info);
        if (isWhole)
        {
            _boxes.Clear();
            _boxes.Add(new RectF(0, 0, picture.Width, picture.Height));
        }

        if (_boxes.Count > 0)
        {
            focus.Hide(picture, CollectionsMarshal.AsSpan(_boxes), [], strength, picture);
        }

        return isWhole;
    }

    public void Dispose() => _motion.Dispose();

    /// <summary>False where not enough is known of the picture.</summary>
    private bool TryFindPeople(Picture picture, SceneCopy scene, in PictureInfo info)
    {
        PeopleSeen seen = scene.People;
        double maxAge = options.FailClosed ? options.MaxDetectionAgeMs * MediaTimeline.TicksPerSecond / 1000 : SharedScene.StaleTicks;
        if (!seen.Known || info.Ticks - seen.Detected.Ticks > maxAge || (options.FailClosed && !(seen.KnowsPeople && seen.IsSettled)))
        {
            return false;
        }

        long? reference = options.FailClosed ? _motion.ReferenceFor(info, seen.Detected) : seen.Detected.Ticks;
        if (reference is not { } since)
        {
            return false;
        }

        double from = (since - seen.Detected.Ticks) / PictureInfo.TicksPerStep;
        double to = info.StepsSince(seen.Detected);
        foreach (MovingBox person in seen.People)
        {
            _boxes.Add(scene.Units.ToPixels(Way(person, from, to)));
        }

        if (!options.FailClosed)
        {
            return true;
        }

        _explained.Clear();
        _explained.AddRange(_boxes);
        foreach (MovingBox other in seen.Others)
        {
            _explained.Add(scene.Units.ToPixels(Way(other, from, to)));
        }

        return _motion.TryFind(picture, info, seen.Detected, _explained, _boxes);
    }

    /// <summary>All that the box passes from one moment to the other, widened by what its speed may be wrong by.</summary>
    private static RectF Way(in MovingBox moving, double from, double to)
    {
        RectF first = moving.At(from);
        RectF last = moving.At(to);
        double steps = 1 + Math.Max(Math.Abs(from), Math.Abs(to));
        float x = (float)((moving.Box.Width * Excess) + (Math.Abs(moving.SpeedX) * steps * SpeedError));
        float y = (float)((moving.Box.Height * Excess) + (Math.Abs(moving.SpeedY) * steps * SpeedError));
        return new RectF(
            Math.Min(first.Left, last.Left) - x,
            Math.Min(first.Top, last.Top) - y,
            Math.Max(first.Right, last.Right) + x,
            Math.Max(first.Bottom, last.Bottom) + y);
    }
}
