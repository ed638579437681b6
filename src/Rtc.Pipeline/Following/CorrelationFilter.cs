using Rtc.Media;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Following;

/// <summary>
/// Follows any patch of a picture by a correlation filter (MOSSE: Bolme et al., "Visual Object Tracking using Adaptive
/// Correlation Filters", CVPR 2010): a filter whose answer to the patch is a sharp peak at its middle, kept up to date
/// while the peak stays sharp. Three sizes are tried, so that it grows and shrinks with what it follows. Made on the
/// inference loop out of the picture that was tapped, then owned by the render loop, which runs it on every picture.
/// </summary>
internal sealed class CorrelationFilter
{
    /// <summary>The patch is this much wider than the box: how far a thing may move from one picture to the next.</summary>
    private const float Padding = 2.2f;

    private const float PeakWidth = 2;
    private const float LearningRate = 0.1f;
    private const float Regularisation = 0.01f;

    /// <summary>Peak over side lobes, in their deviations: above the first it learns, under the second it is lost.</summary>
    private const float SureRatio = 9;
    private const float LostRatio = 6;

    private const float ScaleStep = 1.03f;

    /// <summary>Another size must answer this much better: sizes hardly ever change.</summary>
    private const float ScaleReluctance = 1.003f;

    private const int Warps = 8;

    private static readonly float[] GoalReal = new float[Fourier64.Cells];
    private static readonly float[] GoalImaginary = new float[Fourier64.Cells];

    private readonly float[] _numeratorReal = new float[Fourier64.Cells];
    private readonly float[] _numeratorImaginary = new float[Fourier64.Cells];
    private readonly float[] _denominator = new float[Fourier64.Cells];
    private readonly float[] _real = new float[Fourier64.Cells];
    private readonly float[] _imaginary = new float[Fourier64.Cells];
    private readonly float _baseWidth;
    private readonly float _baseHeight;
    private float _x;
    private float _y;
    private float _scale = 1;

    static CorrelationFilter()
    {
        const int middle = Fourier64.Side / 2;
        for (int y = 0; y < Fourier64.Side; y++)
        {
            for (int x = 0; x < Fourier64.Side; x++)
            {
                float distance = ((x - middle) * (x - middle)) + ((y - middle) * (y - middle));
                GoalReal[(y * Fourier64.Side) + x] = MathF.Exp(-distance / (2 * PeakWidth * PeakWidth));
            }
        }

        Fourier64.Forward(GoalReal, GoalImaginary);
    }

    /// <summary>Learns what is in <paramref name="box"/> (room units) of this picture.</summary>
    public CorrelationFilter(Picture picture, in RoomUnits units, in RectF box)
    {
        _x = box.CenterX;
        _y = box.CenterY;
        _baseWidth = Math.Max(box.Width, 8);
        _baseHeight = Math.Max(box.Height, 8);
        for (int i = 0; i < Warps; i++)
        {
            // Slightly wider and narrower views keep the filter from holding on to single pixels.
            float stretch = 1 + (0.02f * (i - (Warps / 2)));
            Transform(picture, units, _scale * stretch);
            Learn(1f / (i + 1));
        }
    }

    public RectF Box => new(
        _x - (_baseWidth * _scale / 2), _y - (_baseHeight * _scale / 2), _x + (_baseWidth * _scale / 2), _y + (_baseHeight * _scale / 2));

    /// <summary>How sharp the last answer was.</summary>
    public float Sharpness { get; private set; }

    /// <summary>Finds the thing in the next picture; false where it is not to be seen (it stays where it was then).</summary>
    public bool Follow(Picture picture, in RoomUnits units)
    {
        float bestPeak = 0;
        float bestX = 0;
        float bestY = 0;
        float bestScale = _scale;
        float bestRatio = 0;
        for (int size = -1; size <= 1; size++)
        {
            float scale = _scale * MathF.Pow(ScaleStep, size);
            Transform(picture, units, scale);
            Respond();
            CorrelationPeak peak = CorrelationPeak.Find(_real);
            float height = peak.Height * (size == 0 ? ScaleReluctance : 1);
            if (height > bestPeak)
            {
                const int middle = Fourier64.Side / 2;
                (bestPeak, bestX, bestY, bestScale, bestRatio) = (height, peak.X - middle, peak.Y - middle, scale, peak.Sharpness);
            }
        }

        Sharpness = bestRatio;
        if (bestRatio < LostRatio)
        {
            return false;
        }

        _x = Math.Clamp(_x + (bestX * StepX(bestScale)), 0, units.Width);
        _y = Math.Clamp(_y + (bestY * StepY(bestScale)), 0, units.Height);
        _scale = Math.Clamp(bestScale, 0.3f, 3);
        if (bestRatio > SureRatio)
        {
            Transform(picture, units, _scale);
            Learn(LearningRate);
        }

        return true;
    }

    private float StepX(float scale) => _baseWidth * scale * Padding / Fourier64.Side;

    private float StepY(float scale) => _baseHeight * scale * Padding / Fourier64.Side;

    private void Transform(Picture picture, in RoomUnits units, float scale)
    {
        float toPixels = 1 / units.Scale;
        LumaPatch.Take(picture, _x * toPixels, _y * toPixels, StepX(scale) * toPixels, StepY(scale) * toPixels, _real);
        _imaginary.AsSpan().Clear();
        Fourier64.Forward(_real, _imaginary);
    }

    /// <summary>Mixes the patch on hand into the filter: numerator goal × conj(patch), denominator |patch|².</summary>
    private void Learn(float rate)
    {
        for (int i = 0; i < Fourier64.Cells; i++)
        {
            float numeratorReal = (GoalReal[i] * _real[i]) + (GoalImaginary[i] * _imaginary[i]);
            float numeratorImaginary = (GoalImaginary[i] * _real[i]) - (GoalReal[i] * _imaginary[i]);
            float power = (_real[i] * _real[i]) + (_imaginary[i] * _imaginary[i]);
            _numeratorReal[i] += rate * (numeratorReal - _numeratorReal[i]);
            _numeratorImaginary[i] += rate * (numeratorImaginary - _numeratorImaginary[i]);
            _denominator[i] += rate * (power - _denominator[i]);
        }
    }

    private void Respond()
    {
        for (int i = 0; i < Fourier64.Cells; i++)
        {
            float inverse = 1 / (_denominator[i] + Regularisation);
            float filterReal = _numeratorReal[i] * inverse;
            float filterImaginary = _numeratorImaginary[i] * inverse;
            float real = (_real[i] * filterReal) - (_imaginary[i] * filterImaginary);
            _imaginary[i] = (_real[i] * filterImaginary) + (_imaginary[i] * filterReal);
            _real[i] = real;
        }

        Fourier64.Inverse(_real, _imaginary);
    }
}
