using Rtc.Media;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Following;

/// <summary>
/// How far the whole picture moved since the last one, by phase correlation of two small views (Kuglin and Hines, 1975):
/// what a hand-held camera does to every box at once. Owned by the inference loop.
/// </summary>
internal sealed class CameraShift
{
    /// <summary>A peak that stands out less, in deviations, is no common motion.</summary>
    private const float MinSharpness = 12;

    /// <summary>Steadier than this many cells is a tripod.</summary>
    private const float MinShift = 0.15f;

    private readonly float[] _beforeReal = new float[Fourier64.Cells];
    private readonly float[] _beforeImaginary = new float[Fourier64.Cells];
    private readonly float[] _real = new float[Fourier64.Cells];
    private readonly float[] _imaginary = new float[Fourier64.Cells];
    private readonly float[] _crossReal = new float[Fourier64.Cells];
    private readonly float[] _crossImaginary = new float[Fourier64.Cells];
    private RoomUnits _units;
    private bool _started;

    /// <summary>In room units; zero for the first picture and where no common motion is to be seen.</summary>
    public (float X, float Y) Update(Picture picture, in RoomUnits units)
    {
        LumaPatch.TakeWhole(picture, _real);
        _imaginary.AsSpan().Clear();
        Fourier64.Forward(_real, _imaginary);
        (float X, float Y) shift = _started && units.HasShapeOf(_units) ? Compare() : default;
        _real.CopyTo(_beforeReal, 0);
        _imaginary.CopyTo(_beforeImaginary, 0);
        _started = true;
        _units = units;
        return (shift.X * units.Width / Fourier64.Side, shift.Y * units.Height / Fourier64.Side);
    }

    private (float X, float Y) Compare()
    {
        for (int i = 0; i < Fourier64.Cells; i++)
        {
            float real = (_real[i] * _beforeReal[i]) + (_imaginary[i] * _beforeImaginary[i]);
            float imaginary = (_imaginary[i] * _beforeReal[i]) - (_real[i] * _beforeImaginary[i]);
            float length = MathF.Sqrt((real * real) + (imaginary * imaginary)) + 1e-6f;
            _crossReal[i] = real / length;
            _crossImaginary[i] = imaginary / length;
        }

        Fourier64.Inverse(_crossReal, _crossImaginary);
        CorrelationPeak peak = CorrelationPeak.Find(_crossReal);
        float x = Unwrap(peak.X);
        float y = Unwrap(peak.Y);
        return peak.Sharpness < MinSharpness || (Math.Abs(x) < MinShift && Math.Abs(y) < MinShift) ? default : (x, y);
    }

    /// <summary>The transform wraps around: more than half the side forward is backward.</summary>
    private static float Unwrap(float cells) => cells > Fourier64.Side / 2f ? cells - Fourier64.Side : cells;
}
