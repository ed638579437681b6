using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Media;

namespace Rtc.Inference.Segment;

/// <summary>
/// Cuts the subject out of its box with no model: two mixtures of colours, one for what is in the box and one for
/// what is around it, and the cheapest cut between them on a small copy (Rother et al., SIGGRAPH 2004). From picture
/// to picture it starts from its last outline. Belongs to one room; a mask it gave is written anew by the call after
/// the next.
/// </summary>
public sealed class GrabCutSegmenter : ISegmenter
{
    public const string ModelName = "grabcut";

    // The copy's pixels; the cost of a cut grows faster than its size.
    private const int WorkPixels = 4600;
    private const int MinSide = 16;

    /// <summary>Enough for nearly every shape of box, so that memory is had once and not again with each larger subject.</summary>
    internal const int UsualPlaces = 8192;

    // Sides are whole multiples and change only by a whole one, so that a box that breathes finds its memory again.
    private const int SideStep = 8;

    // What is seen of the surroundings on each side, as a share of the box.
    private const float Margin = 0.2f;

    // Below and above these shares of the box the colours did not part subject and surroundings.
    private const float MinShare = 0.12f;
    private const float MaxShare = 0.97f;

    private const int ColdRounds = 2;
    private const int WarmRounds = 1;
    private const float WarmOverlap = 0.5f;

    // A mistake that the last outline hands on ends here at the latest.
    private const int MaxWarmInARow = 15;

    private readonly TensorFill _fill = new();
    private readonly GrabCutSolver _solver = new();
    private float[] _colours = [];
    private RectF _lastBox;
    private (int Width, int Height) _lastPicture;
    private readonly Mask?[] _masks = new Mask?[2];
    private TensorPlan? _plan;
    private Mask? _last;
    private int _warmInARow;

    public string Model => ModelName;

    public string Provider => "embedded";

    public bool TrySegment(Picture picture, in MaskPrompt prompt, out Mask? mask)
    {
        mask = null;
        if (prompt.Box is not { } wanted)
        {
            return false;
        }

        RectF box = wanted.ClipTo(picture.Width, picture.Height);
        if (box.Width < 4 || box.Height < 4)
        {
            return false;
        }

        RectF crop = new RectF(
            box.Left - (Margin * box.Width), box.Top - (Margin * box.Height),
            box.Right + (Margin * box.Width), box.Bottom + (Margin * box.Height)).ClipTo(picture.Width, picture.Height);
        (int width, int height) = WorkSize(crop);
        Read(picture, crop, width, height);

        bool warm = _last is not null && _warmInARow < MaxWarmInARow && _lastPicture == (picture.Width, picture.Height)
            && box.Iou(_lastBox) > WarmOverlap;
        _warmInARow = warm ? _warmInARow + 1 : 0;
        _solver.Begin(_colours, width, height, Within(box, crop, width, height));
        if (warm)
        {
            _solver.StartFrom(_last!, _lastBox, box, crop);
        }
        else
        {
            _solver.StartFromBox();
        }

        for (int round = 0; round < (warm ? WarmRounds : ColdRounds); round++)
        {
            _solver.Round();
        }

        if (_solver.Finish() is not (>= MinShare and <= MaxShare))
        {
            _last = null;
            return false;
        }

        mask = NextMask(width, height, crop);
        _solver.Write(mask.Alpha);
        (_last, _lastBox, _lastPicture) = (mask, box, (picture.Width, picture.Height));
        return true;
    }

    /// <summary>Each from its box alone: neither the last outline nor the last size of the copy has a say.</summary>
    public IReadOnlyList<Mask?> SegmentAll(Picture picture, IReadOnlyList<MaskPrompt> prompts)
    {
        var masks = new Mask?[prompts.Count];
        for (int i = 0; i < masks.Length; i++)
        {
            (_last, _plan) = (null, null);
            _masks.AsSpan().Clear();
            TrySegment(picture, prompts[i], out masks[i]);
        }

        (_last, _plan) = (null, null);
        return masks;
    }

    public void Dispose()
    {
    }

    /// <summary>The one of two masks that was not given out last.</summary>
    private Mask NextMask(int width, int height, in RectF crop)
    {
        int index = ReferenceEquals(_masks[0], _last) ? 1 : 0;
        Mask mask = _masks[index] ??= new Mask(width, height, crop);
        mask.Reshape(width, height, crop);
        return mask;
    }

    private (int Width, int Height) WorkSize(in RectF crop)
    {
        float scale = Math.Min(1, MathF.Sqrt(WorkPixels / crop.Area));
        return (Side(crop.Width * scale, _plan?.Width ?? 0), Side(crop.Height * scale, _plan?.Height ?? 0));

        static int Side(float exact, int last) => Math.Abs(exact - last) < SideStep && last >= MinSide
            ? last
            : Math.Max(MinSide, (int)MathF.Round(exact / SideStep) * SideStep);
    }

    private static RectF Within(in RectF box, in RectF crop, int width, int height) => new(
        (box.Left - crop.Left) / crop.Width * width, (box.Top - crop.Top) / crop.Height * height,
        (box.Right - crop.Left) / crop.Width * width, (box.Bottom - crop.Top) / crop.Height * height);

    private unsafe void Read(Picture picture, in RectF crop, int width, int height)
    {
        if (_colours.Length < 3 * width * height)
        {
            _colours = new float[3 * Math.Max(UsualPlaces, width * height * 3 / 2)];
        }

        if (_plan?.Width != width || _plan.Height != height)
        {
            _plan = new TensorPlan { Width = width, Height = height, Fit = Fit.Stretch };
        }

        fixed (float* first = _colours)
        {
            _fill.Fill(picture, crop, _plan, TensorType.Float, (byte*)first);
        }
    }
}
