using Rtc.Studio.Clips;
using Rtc.Studio.Flow;

namespace Rtc.Studio.Masks;

/// <summary>
/// The last second of a track with its motion. Run backwards, what is inside at its end must come from inside at its beginning;
/// where too much of it doesn't, the outline has drifted onto something else, and the stretch is followed again by motion alone.
/// </summary>
internal sealed class TrackStretch(Func<FlowMap> open)
{
    private const int MaxFrames = 24;
    private const int PointStep = 6;
    private const int MinPoints = 12;
    private const float MinReturned = 0.7f;

    // Motion alone has to be better by so much to be preferred.
    private const float MinGain = 0.1f;

    private readonly List<FlowMap> _flows = [];
    private int _used;

    public bool IsFull => _used == MaxFrames;

    /// <summary>Memory for the motion to the next picture.</summary>
    public FlowMap Next()
    {
        if (_used == _flows.Count)
        {
            _flows.Add(open());
        }

        return _flows[_used++];
    }

    public void Clear() => _used = 0;

    /// <summary>True where the stretch had drifted and was replaced.</summary>
    /// <param name="masks">Of the whole clip; those of the stretch may be replaced.</param>
    /// <param name="from">The picture before the stretch.</param>
    /// <param name="step">1 or -1.</param>
    /// <param name="frames">The clip.</param>
    public bool Check(MaskRuns[] masks, int from, int step, ClipFrames frames)
    {
        if (_used == 0 || Enumerable.Range(0, _used + 1).Any(i => masks[from + (i * step)].Area == 0))
        {
            return false;
        }

        var start = new ClipMask(frames.Width, frames.Height);
        masks[from].AddTo(start);
        var end = new ClipMask(frames.Width, frames.Height);
        masks[from + (_used * step)].AddTo(end);
        float returned = Returned(start, end);
        if (returned >= MinReturned)
        {
            return false;
        }

        var carried = new MaskRuns[_used];
        var mask = new ClipMask(frames.Width, frames.Height);
        mask.CopyFrom(start);
        for (int i = 0; i < _used; i++)
        {
            TrackWalk.Carry(mask, _flows[i], end);
            carried[i] = MaskRuns.Of(end);
            mask.CopyFrom(end);
        }

        if (carried[^1].Area == 0 || Returned(start, mask) < returned + MinGain)
        {
            return false;
        }

        for (int i = 0; i < _used; i++)
        {
            masks[from + ((i + 1) * step)] = carried[i];
        }

        return true;
    }

    /// <summary>The share of the end's pixels that come from within the start.</summary>
    private float Returned(ClipMask start, ClipMask end)
    {
        (int inside, int count) = (0, 0);
        for (int y = 0; y < end.Height; y += PointStep)
        {
            for (int x = 0; x < end.Width; x += PointStep)
            {
                if (!end.IsInside(x, y))
                {
                    continue;
                }

                (float px, float py) = (x, y);
                for (int i = _used - 1; i >= 0; i--)
                {
                    (float dx, float dy) = _flows[i].At(px, py);
                    (px, py) = (px + dx, py + dy);
                }

                inside += start.IsInside((int)(px + 0.5f), (int)(py + 0.5f)) ? 1 : 0;
                count++;
            }
        }

        return count < MinPoints ? 1 : (float)inside / count;
    }
}
