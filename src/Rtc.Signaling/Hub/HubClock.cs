using System.Diagnostics;

namespace Rtc.Signaling.Hub;

/// <summary>The machine's monotonic clock as an <see cref="Instant"/>, for rates of hub connections, which live outside of the media loop.</summary>
public static class HubClock
{
    public static Instant Now => At(Stopwatch.GetTimestamp());

    /// <summary>A timestamp counts nanoseconds since the machine started: a million of each overflow 64 bits after two and a half hours.</summary>
    public static Instant At(long timestamp) => new((long)((Int128)timestamp * 1_000_000 / Stopwatch.Frequency));
}
