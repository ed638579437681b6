using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Tests.Startup;

public sealed class DescriptorLimitTests
{
    private static readonly RtcOptions s_options = new();

    [Theory]
    [InlineData("Max open files            1024                 1048576              files     ", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max processes             96243                96243                processes ", null)]
    public void Limit_is_read_from_the_systems_table(string line, int? limit) =>
        Assert.Equal(limit, DescriptorLimit.Parse(["Limit  Soft Limit  Hard Limit  Units", line]));

    [Fact]
    public void System_names_a_limit() => Assert.True(!OperatingSystem.IsLinux() || DescriptorLimit.Read() is null or > 0);

    [Fact]
    public void Limits_that_fit_stay_as_they_are()
    {
        Assert.Equal((s_options, null), DescriptorLimit.Fit(s_options, 65_536));
        Assert.Equal((s_options, null), DescriptorLimit.Fit(s_options, null));
    }

    [Fact]
    public void Low_limit_takes_fewer_connections_and_says_so()
    {
        (RtcOptions fitted, string? said) = DescriptorLimit.Fit(s_options, 1024);

        Assert.Equal(1024 - DescriptorLimit.Reserve, fitted.Limits.MaxConnections + fitted.Limits.MaxIceTcpConnections);
        Assert.Contains("1024", said, StringComparison.Ordinal);
        Assert.Contains("ulimit -n", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Limit_too_low_to_serve_ends_the_start_and_names_it()
    {
        var error = Assert.Throws<StartException>(() => DescriptorLimit.Fit(s_options, 128));

        Assert.Contains("open files is 128", error.Message, StringComparison.Ordinal);
    }
}
