using System.Diagnostics;
using Rtc.Peer;

namespace Rtc.Server.Network;

/// <summary>
/// The shell's one clock: a monotonic <see cref="Instant"/> for the peers, and the wall clock read once at start
/// and carried on monotonically, so that a stepped system clock never makes a picture older or younger.
/// </summary>
public sealed class MediaClock
{
    private const double UnixToNtpSeconds = 2_208_988_800;
    private readonly long _origin = Stopwatch.GetTimestamp();
    private readonly double _originUnixMs = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    public Instant Now => new(Stopwatch.GetElapsedTime(_origin).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>NTP time of instant zero, 32.32 fixed point.</summary>
    public ulong NtpAtOrigin => ToNtp(_originUnixMs);

    public double UnixMs(Instant at) => _originUnixMs + at.Milliseconds;

    public double UnixMsNow => UnixMs(Now);

    public static double? NtpToUnixMs(ulong ntp) => ntp == 0 ? null : ((ntp / 4294967296.0) - UnixToNtpSeconds) * 1000;

    public static ulong ToNtp(double unixMs) => (ulong)(((unixMs / 1000) + UnixToNtpSeconds) * 4294967296.0);
}
