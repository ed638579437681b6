namespace Rtc.Pipeline.Remote;

/// <summary>
/// Whether the room's own detector may rest because a member detects: from the third result in a row on, until the next
/// one is late. After one that was late it is three in a row again. A member that is slower than five a second relieves nobody. Pure:
/// time comes in. Any thread may call it.
/// </summary>
internal sealed class RemoteTurn
{
    /// <summary>Results in a row before the room's own detector rests; both detect until then.</summary>
    public const int Overlap = 3;

    /// <summary>Fewer than five results a second.</summary>
    public const double MaxIntervalMs = 200;

    private const double Smoothing = 0.2;

    /// <summary>After this it is as if the member had just begun.</summary>
    private const double PauseMs = 400;

    /// <summary>
    /// A result is late by this much more than it usually varies. A detection too many costs little, a person who is not looked for
    /// is missed: the room's own detector fills in early.
    /// </summary>
    private const double GraceMs = 5;
    private const double Deviations = 2;

    /// <summary>However much the results vary: the room's gap is this, the interval, and what a result takes to come here.</summary>
    private const double MaxGraceMs = 30;

    private readonly Lock _gate = new();
    private double _lastMs = double.NegativeInfinity;
    private double _intervalMs;
    private double _deviationMs;
    private bool _knowsInterval;
    private int _row;
    private double _restsUntilMs = double.NegativeInfinity;

    public bool Rests(double nowMs) => nowMs < RestsUntilMs;

    public double RestsUntilMs => Volatile.Read(ref _restsUntilMs);

    /// <summary>A member's result of a newer picture came.</summary>
    public void Accepted(double nowMs)
    {
        lock (_gate)
        {
            Add(nowMs);
        }
    }

    private void Add(double nowMs)
    {
        double gap = nowMs - _lastMs;
        _lastMs = nowMs;
        if (!(gap <= PauseMs))
        {
            (_row, _knowsInterval) = (1, false);
            return;
        }

        bool isLate = _knowsInterval && gap > Patience;
        Learn(gap);
        _row = isLate ? 1 : _row + 1;
        bool rests = _row >= Overlap && _intervalMs <= MaxIntervalMs;
        Volatile.Write(ref _restsUntilMs, rests ? nowMs + Patience : double.NegativeInfinity);
    }

    private double Patience => _intervalMs + Math.Min(GraceMs + (Deviations * _deviationMs), MaxGraceMs);

    private void Learn(double gap)
    {
        if (!_knowsInterval)
        {
            (_intervalMs, _deviationMs, _knowsInterval) = (gap, 0, true);
            return;
        }

        // One that was held up says little of how the next ones vary.
        double off = Math.Min(gap - _intervalMs, MaxGraceMs);
        _intervalMs += Smoothing * off;
        _deviationMs += Smoothing * (Math.Abs(off) - _deviationMs);
    }

    /// <summary>The member stopped, and said so.</summary>
    public void End()
    {
        lock (_gate)
        {
            (_row, _knowsInterval) = (0, false);
            _lastMs = double.NegativeInfinity;
            Volatile.Write(ref _restsUntilMs, double.NegativeInfinity);
        }
    }
}
