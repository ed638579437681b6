namespace Rtc.Bitstream;

/// <summary>64-bit NTP timestamps (RFC 3550 section 4): 32 bits of seconds since 1900, 32 of fraction.</summary>
public static class NtpTime
{
    private const double SecondsFrom1900To1970 = 2_208_988_800;
    private const double UnitsPerSecond = 4_294_967_296;

    /// <summary>Bits 16 to 47, as LSR and DLSR count them.</summary>
    public static uint Compact(ulong ntp) => (uint)(ntp >> 16);

    public static ulong FromMicroseconds(long microsecondsSince1900) =>
        (ulong)(((UInt128)(ulong)microsecondsSince1900 << 32) / 1_000_000u);

    public static ulong FromUnixMilliseconds(double milliseconds) =>
        (ulong)(((milliseconds / 1000) + SecondsFrom1900To1970) * UnitsPerSecond);

    /// <summary>Null where there is no time: an NTP value of 0.</summary>
    public static double? ToUnixMilliseconds(ulong ntp) =>
        ntp == 0 ? null : ((ntp / UnitsPerSecond) - SecondsFrom1900To1970) * 1000;

    /// <summary>A span as 1/65536 s units for DLSR.</summary>
    public static uint CompactSpan(TimeSpan span) =>
        (uint)Math.Clamp((long)(span.TotalSeconds * 65536), 0, uint.MaxValue);

    public static TimeSpan FromCompactSpan(uint span) => TimeSpan.FromMicroseconds(span * 1_000_000.0 / 65536);
}
