using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Media;

namespace Rtc.Inference.Segment;

/// <summary>What came of a cut: how much of the crop it took, and how well colours and edges agree with it.</summary>
/// <param name="Share">Of the crop's pixels.</param>
/// <param name="Inside">How much the colours inside speak for the subject; below 0 they are rather the surroundings'.</param>
/// <param name="Outside">How much those outside speak for the surroundings.</param>
/// <param name="Contrast">Along the outline, 0 to 1.</param>
public readonly record struct CutReport(float Share, float Inside, float Outside, float Contrast);

/// <summary>
/// GrabCut for outlines that are roughly known beforehand: each pixel of a small copy leans to the subject or away from it, the
/// cheapest cut decides. The colours learnt stay from cut to cut. For one object and one thread.
/// </summary>
public sealed class PriorCutter
{
    /// <summary>Leanings of so much are no longer asked about.</summary>
    public const float Certain = 50;

    /// <summary>Leanings of so much shape the colours.</summary>
    public const float Sure = 1;

    private readonly TensorFill _fill = new();
    private readonly GrabCutSolver _solver = new();
    private float[] _colours = [];
    private TensorPlan? _plan;

    /// <param name="picture">Stays the caller's.</param>
    /// <param name="crop">What of it is looked at, in its pixels.</param>
    /// <param name="width">Of the small copy.</param>
    /// <param name="height">Of the small copy.</param>
    /// <param name="leanings">One for each pixel of the copy, positive to the subject.</param>
    /// <param name="rounds">Cuts, with the colours fitted anew after each.</param>
    /// <param name="keepsColours">Colours start from those of the cut before.</param>
    /// <param name="alpha">Given the outline, an edge one pixel soft; one byte for each pixel of the copy.</param>
    public CutReport Cut(
        Picture picture, in RectF crop, int width, int height, ReadOnlySpan<float> leanings, int rounds, bool keepsColours,
        Span<byte> alpha)
    {
        Read(picture, crop, width, height);
        _solver.Begin(_colours, width, height, new RectF(0, 0, width, height));
        _solver.StartFrom(leanings, keepsColours);
        for (int round = 0; round < rounds; round++)
        {
            _solver.Round();
        }

        float contrast = _solver.EdgeContrast();
        (float inside, float outside) = _solver.MeanEvidence();
        float share = _solver.Finish();
        _solver.Write(alpha);
        return new CutReport(share, inside, outside, contrast);
    }

    private unsafe void Read(Picture picture, in RectF crop, int width, int height)
    {
        if (_colours.Length < 3 * width * height)
        {
            _colours = new float[3 * width * height];
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
