using Rtc.Inference;
using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Flow;

namespace Rtc.Studio.Masks;

/// <summary>
/// Follows one object from the picture in which it was pointed at to both ends of the clip: motion carries the outline to the next
/// picture, the engine sets it right there. For one clip and one thread.
/// </summary>
/// <param name="frames">The clip; stays the caller's.</param>
/// <param name="open">Opens the engine; called once for each direction.</param>
internal sealed class ClipTracker(ClipFrames frames, Func<IOutlineEngine> open)
{
    // How far ahead motion is looked for around a click: far enough to show, near enough to be the same scene.
    private const int MotionSpan = 4;

    private readonly LumaPyramid _first = new(frames.Width, frames.Height);
    private readonly LumaPyramid _second = new(frames.Width, frames.Height);
    private readonly DenseFlow _flow = new();

    /// <param name="frame">The picture that the prompt is about.</param>
    /// <param name="prompt">In that picture's pixels.</param>
    /// <param name="onFrame">Told of each picture that is done; may throw to end it.</param>
    public ObjectTrack Track(int frame, in MaskPrompt prompt, Action onFrame)
    {
        using IOutlineEngine engine = open();
        var start = new ClipMask(frames.Width, frames.Height);
        return Track(engine, frame, TryStart(engine, frame, prompt, start) ? start : null, onFrame);
    }

    /// <param name="frame">The picture that was clicked on.</param>
    /// <param name="clicks">In its pixels; the first adds.</param>
    /// <param name="onFrame">Told of each picture that is done; may throw to end it.</param>
    public ObjectTrack Track(int frame, IReadOnlyList<ClickPoint> clicks, Action onFrame)
    {
        if (clicks.Count == 1)
        {
            return Track(frame, clicks[0].Prompt, onFrame);
        }

        var start = new ClipMask(frames.Width, frames.Height);
        bool isFound;
        using (IOutlineEngine outline = open())
        using (Picture picture = frames.Rent(frame))
        {
            isFound = ClickedOutline.TryJoin(
                picture, clicks, (click, into) => TryStart(outline, frame, click.Prompt, into), start);
        }

        // Another that has learnt nothing of the single clicks yet.
        using IOutlineEngine engine = open();
        return Track(engine, frame, isFound ? start : null, onFrame);
    }

    private ObjectTrack Track(IOutlineEngine engine, int frame, ClipMask? start, Action onFrame)
    {
        var masks = new MaskRuns[frames.Count];
        Array.Fill(masks, MaskRuns.None);
        int redone = 0;
        if (start is null)
        {
            return new ObjectTrack(masks, false, 0);
        }

        masks[frame] = MaskRuns.Of(start);
        onFrame();
        foreach (int step in (int[])[1, -1])
        {
            redone += Follow(engine, step, frame, start, masks, onFrame);
        }

        return new ObjectTrack(masks, true, redone);
    }

    /// <summary>The outline in the prompt's own picture.</summary>
    public bool TryStart(IOutlineEngine engine, int frame, in MaskPrompt prompt, ClipMask into)
    {
        using Picture picture = frames.Rent(frame);
        return engine.TryStart(picture, prompt, Moving(picture, frame, prompt), into);
    }

    private ClipMask? Moving(Picture picture, int frame, in MaskPrompt prompt)
    {
        int other = frame + MotionSpan < frames.Count ? frame + MotionSpan : frame - MotionSpan;
        if (other < 0 || prompt is not { X: { } x, Y: { } y })
        {
            return null;
        }

        _first.Read(picture);
        using (Picture later = frames.Rent(other))
        {
            _second.Read(later);
        }

        FlowMap flow = NewFlow();
        _flow.Compute(_first, _second, flow);
        return MovingPart.Around(flow, x, y, frames.Width, frames.Height);
    }

    private int Follow(IOutlineEngine engine, int step, int frame, ClipMask start, MaskRuns[] masks, Action onFrame)
    {
        var walk = new TrackWalk(frames, engine, start);
        using (Picture picture = frames.Rent(frame))
        {
            walk.Begin(picture);
            _first.Read(picture);
        }

        (LumaPyramid current, LumaPyramid next) = (_first, _second);
        var stretch = new TrackStretch(NewFlow);
        int redone = 0;
        int from = frame;
        for (int at = frame + step; at >= 0 && at < frames.Count; at += step)
        {
            using Picture picture = frames.Rent(at);
            next.Read(picture);
            FlowMap flow = stretch.Next();
            _flow.Compute(next, current, flow);
            masks[at] = walk.Step(picture, flow);
            (current, next) = (next, current);
            onFrame();
            if (stretch.IsFull || at + step < 0 || at + step >= frames.Count)
            {
                redone += stretch.Check(masks, from, step, frames) ? 1 : 0;
                walk.Resume(masks[at]);
                stretch.Clear();
                from = at;
            }
        }

        return redone;
    }

    private FlowMap NewFlow() => new(_first[0].Width, _first[0].Height, _first.Scale);
}
