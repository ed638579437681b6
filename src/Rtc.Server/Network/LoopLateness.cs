namespace Rtc.Server.Network;

/// <summary>
/// How late a loop is done with what was due: it slept too long, or a round took long. The loop tells it of each round;
/// any thread takes the worst so far. A round that does not end counts for as long as it lasts.
/// </summary>
internal sealed class LoopLateness(MediaClock clock)
{
    private long _due = long.MaxValue;
    private long _worst;

    /// <summary>The loop is about to sleep no longer than this.</summary>
    public void Sleeps(TimeSpan longest) => Volatile.Write(ref _due, clock.Now.Microseconds + (long)longest.TotalMicroseconds);

    /// <summary>It is awake: what comes from here on waits for the end of the round.</summary>
    public void Wakes() => Volatile.Write(ref _due, Math.Min(_due, clock.Now.Microseconds));

    public void EndsRound()
    {
        long late = clock.Now.Microseconds - _due;
        Volatile.Write(ref _due, long.MaxValue);
        if (late > Volatile.Read(ref _worst))
        {
            Volatile.Write(ref _worst, late);
        }
    }

    public TimeSpan TakeWorst()
    {
        long worst = Interlocked.Exchange(ref _worst, 0);
        long due = Volatile.Read(ref _due);
        long running = due == long.MaxValue ? 0 : clock.Now.Microseconds - due;
        return TimeSpan.FromMicroseconds(Math.Max(0, Math.Max(worst, running)));
    }
}
