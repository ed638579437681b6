namespace Rtc.Pipeline.Remote;

/// <summary>
/// Whether the room's own detector may rest because a member detects: from the third result in a row on, until the next
/// one is late. A member that is slower than five a second relieves nobody. Pure: time comes in. Any thread may
/// call it.
/// </summary>
internal sealed class RemoteTurn
{
    /// <summary>Results in a row before the room's own detector rests; both detect until then.</summary>
    public const int Overlap = 3;

    /// <summary>Fewer than five results a second.</summary>
    public const double MaxIntervalMs = 200;

    private const double Smoothing = 0.2;

    /// <summary>
    /// A result is late by this much more than it usually varies. A detection too many costs little, a person who is not looked for
    /// is missed: the room's own detector fills in early, and rests again with the member's next result.
    /// </summary>
    private const double GraceMs = 5;
    private const double Deviations = 2;
    private const double MaxPatienceMs = 400;

    private readonly Lock _gate = new();
    private double _lastMs = double.NegativeInfinity;
    private double _intervalMs;
    private double _deviationMs;
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
        if (!(gap <= MaxIntervalMs * 2))
        {
            _row = 1;
            return;
        }

        double off = _row == 1 ? 0 : gap - _intervalMs;
        _intervalMs = _row == 1 ? gap : _intervalMs + (Smoothing * off);
        _deviationMs = _row == 1 ? 0 : _deviationMs + (Smoothing * (Math.Abs(off) - _deviationMs));
        _row++;
        bool rests = _row >= Overlap && _intervalMs <= MaxIntervalMs;
        Volatile.Write(ref _restsUntilMs, rests ? nowMs + Patience : double.NegativeInfinity);
    }

    private double Patience => Math.Min(_intervalMs + GraceMs + (Deviations * _deviationMs), MaxPatienceMs);

    /// <summary>The member stopped, and said so.</summary>
    public void End()
    {
        lock (_gate)
        {
            _row = 0;
            _lastMs = double.NegativeInfinity;
            Volatile.Write(ref _restsUntilMs, double.NegativeInfinity);
        }
    }
}
