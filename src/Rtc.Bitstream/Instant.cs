namespace Rtc.Bitstream;

/// <summary>
/// A point on a monotonic clock, in microseconds from an origin that the shell chooses.
/// The core is handed every instant; it never asks for one.
/// </summary>
public readonly record struct Instant(long Microseconds) : IComparable<Instant>
{
    /// <summary>Later than any deadline: "nothing to wait for".</summary>
    public static Instant Never => new(long.MaxValue);

    public static Instant FromMilliseconds(double milliseconds) => new((long)(milliseconds * 1000));

    public double Milliseconds => Microseconds / 1000.0;

    public static Instant operator +(Instant at, TimeSpan span) =>
        at.Microseconds == long.MaxValue ? at : new(at.Microseconds + (span.Ticks / TimeSpan.TicksPerMicrosecond));

    public static Instant operator -(Instant at, TimeSpan span) => new(at.Microseconds - (span.Ticks / TimeSpan.TicksPerMicrosecond));

    public static TimeSpan operator -(Instant late, Instant early) =>
        TimeSpan.FromTicks((late.Microseconds - early.Microseconds) * TimeSpan.TicksPerMicrosecond);

    public static bool operator <(Instant a, Instant b) => a.Microseconds < b.Microseconds;

    public static bool operator >(Instant a, Instant b) => a.Microseconds > b.Microseconds;

    public static bool operator <=(Instant a, Instant b) => a.Microseconds <= b.Microseconds;

    public static bool operator >=(Instant a, Instant b) => a.Microseconds >= b.Microseconds;

    public static Instant Min(Instant a, Instant b) => a.Microseconds <= b.Microseconds ? a : b;

    public int CompareTo(Instant other) => Microseconds.CompareTo(other.Microseconds);
}
