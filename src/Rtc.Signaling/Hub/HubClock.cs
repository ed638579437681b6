using System.Diagnostics;

namespace Rtc.Signaling.Hub;

/// <summary>The machine's monotonic clock, for rates of hub connections, which live outside of the media loop.</summary>
public static class HubClock
{
    public static TimeSpan Now => At(Stopwatch.GetTimestamp());

    /// <summary>A timestamp counts nanoseconds since the machine started: times ten million it overflows 64 bits within the hour.</summary>
    public static TimeSpan At(long timestamp) => new((long)((Int128)timestamp * TimeSpan.TicksPerSecond / Stopwatch.Frequency));
}
