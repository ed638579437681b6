using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Flow;

namespace Rtc.Studio.Masks;

/// <summary>One object on its way in one direction: carried, cut anew, lost and looked for again. For one thread.</summary>
internal sealed class TrackWalk(ClipFrames frames, IOutlineEngine engine, ClipMask start)
{
    // What is seen of an object has its colours; what hides it seldom has.
    private const float MinLikeness = 0.55f;
    private const float SureLikeness = 0.8f;
    private const float FoundLikeness = 0.72f;

    // A cut that takes so much more than was carried there has run out.
    private const float MaxGrowth = 1.6f;

    // Less than this share of the usual size is no object any more.
    private const float MinShare = 0.04f;
    private const int MinArea = 16;
    private const float AreaRenewal = 0.1f;

    // What shows less than this of its usual size is partly hidden.
    private const float WholeShare = 0.85f;

    private readonly Appearance _look = new();
    private readonly ClipMask _mask = new(frames.Width, frames.Height);
    private readonly ClipMask _carried = new(frames.Width, frames.Height);
    private readonly ClipMask _lastSeen = new(frames.Width, frames.Height);
    private float _usualArea;
    private bool _isLost;
    private bool _isReturning;

    /// <summary>The picture that the outline to start from is of.</summary>
    public void Begin(Picture picture)
    {
        // The engine may come from the other end of the clip: what it learnt there is no help here.
        engine.Restart();
        if (!engine.TryFollow(picture, start, isLoose: false, _mask) || _mask.Iou(start) < 0.5)
        {
            _mask.CopyFrom(start);
        }

        _look.Learn(picture, _mask);
        _lastSeen.CopyFrom(_mask);
        _usualArea = _mask.Area();
    }

    /// <param name="picture">The next.</param>
    /// <param name="flow">Where each of its places was in the picture before.</param>
    public MaskRuns Step(Picture picture, FlowMap flow)
    {
        if (_isLost || _isReturning)
        {
            bool isFound = TryFind(picture);
            _isReturning = isFound && _mask.Area() < WholeShare * _usualArea;
            if (isFound || _isLost)
            {
                return isFound ? MaskRuns.Of(_mask) : MaskRuns.None;
            }
        }

        Carry(_mask, flow, _carried);
        int carried = _carried.Area();
        if (carried < MinimumArea || !engine.TryFollow(picture, _carried, isLoose: false, _mask))
        {
            return Lose();
        }

        if (_mask.Area() > MaxGrowth * carried)
        {
            _mask.CopyFrom(_carried);
        }

        float likeness = _look.Likeness(picture, _mask);
        int area = _mask.Area();
        if (likeness < MinLikeness || area < MinimumArea)
        {
            return Lose();
        }

        if (likeness > SureLikeness && area > WholeShare * _usualArea)
        {
            _look.Learn(picture, _mask);
            _lastSeen.CopyFrom(_mask);
            _usualArea += (area - _usualArea) * AreaRenewal;
        }

        return MaskRuns.Of(_mask);
    }

    /// <summary>Goes on from another outline than its own last.</summary>
    public void Resume(MaskRuns mask)
    {
        if (!_isLost && mask.Area > 0)
        {
            _mask.Clear();
            mask.AddTo(_mask);
        }
    }

    /// <summary>The outline where motion takes it.</summary>
    /// <param name="mask">In the picture before.</param>
    /// <param name="flow">Where each place of this picture was in the one before.</param>
    /// <param name="into">Given the outline in this picture.</param>
    internal static void Carry(ClipMask mask, FlowMap flow, ClipMask into)
    {
        into.Clear();
        if (mask.Bounds() is not { } bounds)
        {
            return;
        }

        float reach = Reach(flow, bounds);
        int left = Math.Max(0, (int)(bounds.Left - reach));
        int right = Math.Min(mask.Width, (int)(bounds.Right + reach) + 1);
        int top = Math.Max(0, (int)(bounds.Top - reach));
        int bottom = Math.Min(mask.Height, (int)(bounds.Bottom + reach) + 1);
        for (int y = top; y < bottom; y++)
        {
            Span<byte> row = into.Row(y);
            for (int x = left; x < right; x++)
            {
                (float dx, float dy) = flow.At(x, y);
                row[x] = (byte)(mask.At(x + dx, y + dy) + 0.5f);
            }
        }
    }

    /// <summary>How far things move around there.</summary>
    private static float Reach(FlowMap flow, in RectF bounds)
    {
        const int around = 64;
        float reach = 0;
        for (int y = Math.Max(0, (int)(bounds.Top - around) / flow.Scale);
            y < Math.Min(flow.Height, (int)(bounds.Bottom + around) / flow.Scale);
            y++)
        {
            int row = y * flow.Width;
            for (int x = Math.Max(0, (int)(bounds.Left - around) / flow.Scale);
                x < Math.Min(flow.Width, (int)(bounds.Right + around) / flow.Scale);
                x++)
            {
                reach = Math.Max(reach, Math.Max(MathF.Abs(flow.X[row + x]), MathF.Abs(flow.Y[row + x])));
            }
        }

        return reach + 2;
    }

    private float MinimumArea => Math.Max(MinArea, MinShare * _usualArea);

    private MaskRuns Lose()
    {
        _isLost = true;
        return MaskRuns.None;
    }

    private bool TryFind(Picture picture)
    {
        if (!TryPlace(picture) || _carried.Area() < MinimumArea || !engine.TryFollow(picture, _carried, isLoose: true, _mask)
            || _look.Likeness(picture, _mask) < FoundLikeness)
        {
            return false;
        }

        _isLost = false;
        return true;
    }

    /// <summary>Where what was last seen may be now; an engine that looks for it by itself needs no place.</summary>
    private bool TryPlace(Picture picture)
    {
        if (engine.FindsAgain)
        {
            _carried.CopyFrom(_lastSeen);
            return true;
        }

        if (_look.Find(picture) is not { } moved)
        {
            return false;
        }

        _carried.Clear();
        for (int y = 0; y < _carried.Height; y++)
        {
            Span<byte> row = _carried.Row(y);
            for (int x = 0; x < row.Length; x++)
            {
                row[x] = (byte)_lastSeen.At(x - moved.X, y - moved.Y);
            }
        }

        return true;
    }
}
