using System.Net;
using Rtc.Server.Limits;
using Rtc.Server.Options;
using Rtc.Signaling;

namespace Rtc.Server.Tests.Limits;

public sealed class ClientLimitsTests
{
    private static readonly RtcOptions s_options =
        new() { Limits = new LimitOptions { JoinsPerMinute = 3, OffersPerMinute = 2, ApiPerMinute = 1 } };

    [Fact]
    public void One_past_the_limit_is_refused_and_others_are_not_touched()
    {
        using var limits = new ClientLimits(s_options);
        var one = IPAddress.Parse("192.0.2.1");

        Assert.True(limits.TryJoin(one));
        Assert.True(limits.TryJoin(one));
        Assert.True(limits.TryJoin(one));
        Assert.False(limits.TryJoin(one));
        Assert.True(limits.TryJoin(IPAddress.Parse("192.0.2.2")));
        Assert.True(limits.TryOffer(one));
        Assert.True(limits.TryApi(one));
        Assert.False(limits.TryApi(one));
    }

    [Fact]
    public void An_IPv6_client_is_counted_by_its_network()
    {
        using var limits = new ClientLimits(s_options);

        Assert.True(limits.TryOffer(IPAddress.Parse("2001:db8:1:2::1")));
        Assert.True(limits.TryOffer(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.False(limits.TryOffer(IPAddress.Parse("2001:db8:1:2::3")));
        Assert.True(limits.TryOffer(IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Fact]
    public void A_mapped_address_is_the_IPv4_address_itself() =>
        Assert.Equal(AddressQuota.BucketOf(IPAddress.Parse("192.0.2.1")), AddressQuota.BucketOf(IPAddress.Parse("::ffff:192.0.2.1")));
}
