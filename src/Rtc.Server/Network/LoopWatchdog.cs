using System.Globalization;

namespace Rtc.Server.Network;

/// <summary>
/// Sees whether the media loop still comes round. It counts its own ticks and not the clock: a process that was held or a
/// machine that slept ticks no more than it runs, and is no stuck loop. One that is stuck for long can't be helped from
/// within, so the process ends and whatever started it starts another.
/// </summary>
internal sealed partial class LoopWatchdog(
    Func<long> rounds, TimeSpan stuckAfter, TimeSpan exitAfter, Action<string> exit, ILogger<LoopWatchdog> log) : IDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    private Timer? _timer;
    private long _seen = -1;
    private int _silentTicks;

    /// <summary>Why the loop is thought to be stuck; null while it comes round. From any thread.</summary>
    public string? Error
    {
        get
        {
            TimeSpan silence = Volatile.Read(ref _silentTicks) * s_tick;
            return silence >= stuckAfter
                ? string.Create(CultureInfo.InvariantCulture, $"The media loop has not come round for {silence.TotalSeconds:F0} seconds.")
                : null;
        }
    }

    public void Start() => _timer = new Timer(_ => Tick(), null, s_tick, s_tick);

    internal void Tick()
    {
        long now = rounds();
        bool moved = now != _seen;
        _seen = now;
        int silent = moved ? 0 : _silentTicks + 1;
        Volatile.Write(ref _silentTicks, silent);
        if (silent * s_tick == stuckAfter)
        {
            LogStuck(log, stuckAfter.TotalSeconds);
        }

        if (exitAfter > TimeSpan.Zero && silent * s_tick == exitAfter && !System.Diagnostics.Debugger.IsAttached)
        {
            exit(Error ?? string.Empty);
        }
    }

    public void Dispose() => _timer?.Dispose();

    [LoggerMessage(Level = LogLevel.Error, Message = "The media loop has not come round for {Seconds} seconds")]
    private static partial void LogStuck(ILogger log, double seconds);
}
