using System.Globalization;

namespace Rtc.Pipeline.Load;

/// <summary>
/// Chooses how much to give up from two measures: how long a picture waits for its detection to begin, and how many
/// detections a second are possible. Both are of the machine, not of what is being done at the moment: a level that
/// gives up detections must not look like relief, or it would flap. Pure: time comes in.
/// </summary>
public sealed class LevelPolicy
{
    /// <summary>Worse must last this long before one level is given up, better this long before one is taken back.</summary>
    public const double RiseAfterMs = 500;
    public const double FallAfterMs = 3000;

    /// <summary>To come back a measure must be better than its limit by this much.</summary>
    private const double QueueMargin = 0.7;
    private const double RateMargin = 1.2;

    /// <summary>A measure follows its last few samples: one slow picture is not load.</summary>
    private const double Smoothing = 0.25;

    private static readonly double[] QueueLimitsMs = [50, 100, 200];
    private static readonly double[] RateLimits = [10, 8, 5];

    private double _queueMs;
    private double _rate;
    private bool _measured;
    private double? _worseSinceMs;
    private double? _betterSinceMs;

    public Level Current { get; private set; }

    public string Reason { get; private set; } = "";

    public Level Update(double nowMs, double queueMs, double possibleRate)
    {
        double weight = _measured ? Smoothing : 1;
        _queueMs += weight * (queueMs - _queueMs);
        _rate += weight * (possibleRate - _rate);
        _measured = true;

        Level worse = Indicated(1, 1);
        Level better = Indicated(QueueMargin, RateMargin);
        _worseSinceMs = worse > Current ? _worseSinceMs ?? nowMs : null;
        _betterSinceMs = better < Current ? _betterSinceMs ?? nowMs : null;
        if (nowMs - _worseSinceMs >= RiseAfterMs)
        {
            Step(Current + 1);
        }
        else if (nowMs - _betterSinceMs >= FallAfterMs)
        {
            Step(Current - 1);
        }

        return Current;
    }

    private Level Indicated(double queueMargin, double rateMargin)
    {
        int level = 0;
        for (int i = 0; i < QueueLimitsMs.Length; i++)
        {
            if (_queueMs > QueueLimitsMs[i] * queueMargin || _rate < RateLimits[i] * rateMargin)
            {
                level = i + 1;
            }
        }

        return (Level)level;
    }

    private void Step(Level next)
    {
        Current = next;
        _worseSinceMs = null;
        _betterSinceMs = null;
        Reason = next == Level.Optimal
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"a picture waits {_queueMs:F0} ms, {_rate:F1} detections a second are possible");
    }
}
