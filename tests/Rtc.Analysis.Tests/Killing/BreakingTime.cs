namespace Rtc.Analysis.Tests.Killing;

/// <summary>A write was broken off, as a killed program breaks it off.</summary>
public sealed class KilledException() : Exception("killed");

/// <summary>
/// A clock that every write of the store asks, within its transaction: from the moment on that a test waits for, it lets a number of
/// questions pass and kills at the next.
/// </summary>
internal sealed class BreakingTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private Func<bool>? _hasCome;
    private bool _isArmed;
    private int _left;

    /// <summary>Null answers all questions.</summary>
    public void KillAt(Func<bool>? hasCome, int questions) => (_hasCome, _isArmed, _left) = (hasCome, false, questions);

    public void Advance(TimeSpan by) => _now += by;

    public override DateTimeOffset GetUtcNow()
    {
        _isArmed |= _hasCome?.Invoke() == true;
        if (_isArmed && --_left <= 0)
        {
            throw new KilledException();
        }

        return _now;
    }
}
