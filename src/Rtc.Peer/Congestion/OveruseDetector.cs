namespace Rtc.Peer.Congestion;

internal enum PathUse : byte
{
    Normal,
    Over,
    Under,
}

/// <summary>
/// Compares the delay's trend with a threshold that adapts to the path (draft-ietf-rmcat-gcc-02 section
/// 5.4): a fixed one would starve beside TCP, or never fire on a path without jitter.
/// </summary>
internal sealed class OveruseDetector
{
    private const double Gain = 4;
    private const int MaxDeltas = 60;
    private const double FirstThreshold = 12.5;
    private const double LowestThreshold = 6;
    private const double HighestThreshold = 600;
    private const double UpSpeed = 0.0087;
    private const double DownSpeed = 0.039;
    private const double OutlierMargin = 15;
    private const double OveruseMilliseconds = 10;
    private const double MaxStep = 100;

    private double _threshold = FirstThreshold;
    private double _trendBefore;
    private double _overFor = -1;
    private int _overCount;
    private double _updatedAt = -1;

    public PathUse State { get; private set; }

    public double Threshold => _threshold;

    public void Update(double slope, int deltas, GroupDelta delta)
    {
        double trend = Math.Min(deltas, MaxDeltas) * slope * Gain;
        if (trend > _threshold)
        {
            _overFor = _overFor < 0 ? delta.SentMilliseconds / 2 : _overFor + delta.SentMilliseconds;
            _overCount++;
            if (_overFor > OveruseMilliseconds && _overCount > 1 && slope >= _trendBefore)
            {
                _overFor = 0;
                _overCount = 0;
                State = PathUse.Over;
            }
        }
        else
        {
            _overFor = -1;
            _overCount = 0;
            State = trend < -_threshold ? PathUse.Under : PathUse.Normal;
        }

        _trendBefore = slope;
        Adapt(Math.Abs(trend), delta.AtMilliseconds);
    }

    private void Adapt(double trend, double at)
    {
        double step = _updatedAt < 0 ? 0 : Math.Clamp(at - _updatedAt, 0, MaxStep);
        _updatedAt = at;
        if (trend > _threshold + OutlierMargin)
        {
            return; // a route change or a sudden cap, not the path's usual noise
        }

        double speed = trend < _threshold ? DownSpeed : UpSpeed;
        _threshold = Math.Clamp(_threshold + (speed * (trend - _threshold) * step), LowestThreshold, HighestThreshold);
    }
}
