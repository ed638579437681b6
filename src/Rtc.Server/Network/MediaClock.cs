using System.Diagnostics;

namespace Rtc.Server.Network;

/// <summary>
/// The shell's one clock: a monotonic <see cref="Instant"/> for the peers, and the wall clock read once at start
/// and carried on monotonically, so that a stepped system clock never makes a picture older or younger.
/// </summary>
public sealed class MediaClock
{
    private readonly long _origin = Stopwatch.GetTimestamp();

    public Instant Now => new(Stopwatch.GetElapsedTime(_origin).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>NTP time of instant zero, 32.32 fixed point.</summary>
    public ulong NtpAtOrigin => NtpTime.FromUnixMilliseconds(OriginUnixMs);

    /// <summary>Milliseconds since 1970 of instant zero.</summary>
    public double OriginUnixMs { get; } = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    public double UnixMs(Instant at) => OriginUnixMs + at.Milliseconds;

    public double UnixMsNow => UnixMs(Now);
}
