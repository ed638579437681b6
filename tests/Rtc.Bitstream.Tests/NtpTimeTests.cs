namespace Rtc.Bitstream.Tests;

public sealed class NtpTimeTests
{
    [Fact]
    public void Unix_time_begins_seventy_years_after_1900()
    {
        Assert.Equal(2_208_988_800ul << 32, NtpTime.FromUnixMilliseconds(0));
        Assert.Equal((2_208_988_801ul << 32) + (1ul << 31), NtpTime.FromUnixMilliseconds(1500));
    }

    [Fact]
    public void Time_comes_back_to_the_microsecond()
    {
        const double now = 1_795_000_000_123.456;
        Assert.Equal(now, NtpTime.ToUnixMilliseconds(NtpTime.FromUnixMilliseconds(now))!.Value, 0.001);
    }

    [Fact]
    public void Zero_is_no_time() => Assert.Null(NtpTime.ToUnixMilliseconds(0));
}
