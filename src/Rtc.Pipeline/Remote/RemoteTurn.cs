namespace Rtc.Pipeline.Remote;

/// <summary>
/// Whether the room's own detector may rest because a member detects: from the third result in a row on, for a little longer than
/// the next one should take. A member that is slower than five a second relieves nobody. Pure: time comes in. The media loop
/// writes it, the room's loops read it.
/// </summary>
internal sealed class RemoteTurn
{
    /// <summary>Results in a row before the room's own detector rests; both detect until then.</summary>
    public const int Overlap = 3;

    /// <summary>Fewer than five results a second.</summary>
    public const double MaxIntervalMs = 200;

    private const double Smoothing = 0.2;

    /// <summary>A result late by half an interval and the jitter of a radio is no end yet.</summary>
    private const double PatienceShare = 1.5;
    private const double JitterMs = 30;

    private double _lastMs = double.NegativeInfinity;
    private double _intervalMs;
    private int _row;
    private double _restsUntilMs = double.NegativeInfinity;

    public bool Rests(double nowMs) => nowMs < Volatile.Read(ref _restsUntilMs);

    /// <summary>A member's result of a newer picture came.</summary>
    public void Accepted(double nowMs)
    {
        double gap = nowMs - _lastMs;
        _lastMs = nowMs;
        if (!(gap <= MaxIntervalMs * 2))
        {
            _row = 1;
            _intervalMs = 0;
            return;
        }

        _intervalMs = _row == 1 ? gap : _intervalMs + (Smoothing * (gap - _intervalMs));
        _row++;
        bool rests = _row >= Overlap && _intervalMs <= MaxIntervalMs;
        Volatile.Write(ref _restsUntilMs, rests ? nowMs + (PatienceShare * _intervalMs) + JitterMs : double.NegativeInfinity);
    }

    /// <summary>The member stopped, and said so.</summary>
    public void End()
    {
        _row = 0;
        _lastMs = double.NegativeInfinity;
        Volatile.Write(ref _restsUntilMs, double.NegativeInfinity);
    }
}
