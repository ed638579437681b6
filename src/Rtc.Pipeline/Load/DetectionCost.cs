namespace Rtc.Pipeline.Load;

/// <summary>
/// What one detection at the model's full input would cost, also while a smaller input is in use. How much the smaller
/// one saves is measured, not assumed: a model of a fixed shape saves nothing, and believing otherwise would talk the
/// room down to the last level. Pure.
/// </summary>
internal sealed class DetectionCost
{
    private const double Smoothing = 0.25;

    /// <summary>Detections at the smaller input before its saving is believed.</summary>
    private const int Trials = 5;

    private double _fullMs;
    private double _smallMs;
    private int _trials;
    private double _saving = 1;

    public double FullMs { get; private set; }

    public void Add(double milliseconds, float inputScale)
    {
        if (inputScale >= 1)
        {
            _fullMs += _fullMs == 0 ? milliseconds : Smoothing * (milliseconds - _fullMs);
            _trials = 0;
            FullMs = milliseconds;
            return;
        }

        if (_trials < Trials && _fullMs > 0)
        {
            _smallMs = ((_smallMs * _trials) + milliseconds) / (_trials + 1);
            _trials++;
            _saving = Math.Clamp(_fullMs / Math.Max(_smallMs, 0.01), 1, 1 / (inputScale * inputScale));
            FullMs = _fullMs;
            return;
        }

        FullMs = milliseconds * _saving;
    }
}
