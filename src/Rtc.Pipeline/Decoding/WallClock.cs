namespace Rtc.Pipeline.Decoding;

/// <summary>Times as the wire carries them: milliseconds since 1970, with fractions.</summary>
internal static class WallClock
{
    private const double TicksPerMillisecond = TimeSpan.TicksPerMillisecond;

    public static double Milliseconds(this TimeProvider time) =>
        (time.GetUtcNow().Ticks - DateTimeOffset.UnixEpoch.Ticks) / TicksPerMillisecond;
}
