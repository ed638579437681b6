using Rtc.Server.Rooms;

namespace Rtc.Server.Tests.Rooms;

/// <summary>By whose pictures a viewer of the source is served, in virtual time.</summary>
public sealed class SourceRouteTests
{
    private const double Whole = 1700;
    private const double Base = 1000;

    private SourceRoute _route = new();

    [Fact]
    public void Link_that_carries_the_base_layer_keeps_the_phones_pictures()
    {
        Pass(0, 30_000, Base + 50);

        Assert.False(_route.IsCoded);
        Assert.True(_route.TakesSource(At(30_000), isKey: false, 1));
    }

    [Fact]
    public void Link_below_the_base_layer_is_served_by_the_server_within_a_second()
    {
        Pass(0, 900, 480);
        Assert.False(_route.IsCoded);
        Pass(900, 1100, 480);

        Assert.True(_route.IsCoded && _route.AwaitsCodedKey);
        Assert.False(_route.TakesSource(At(1100), isKey: true, 1));
    }

    [Fact]
    public void Link_that_falls_later_is_served_within_a_third_of_a_second()
    {
        Pass(0, 5000, 4000);
        Pass(5000, 5335, 480);

        Assert.True(_route.IsCoded);
    }

    [Fact]
    public void Servers_pictures_begin_with_a_key_frame_newer_than_the_phones_last()
    {
        Assert.True(_route.TakesSource(At(0), isKey: true, 90_000));
        Pass(0, 2000, 480);

        Assert.False(_route.TakesCoded(isKey: true, 90_000));
        Assert.False(_route.TakesCoded(isKey: false, 93_000));
        Assert.True(_route.TakesCoded(isKey: true, 96_000));
        Assert.True(_route.TakesCoded(isKey: false, 99_000));
    }

    [Fact]
    public void Phones_pictures_come_back_at_once_when_their_codec_fits_again()
    {
        Pass(0, 2000, Whole);
        Assert.True(_route.LeaveSource());
        Assert.True(_route.TakesCoded(isKey: true, 1));

        Assert.True(_route.Update(At(2000), Whole, Whole, Base));
        Assert.False(_route.Update(At(2001), Whole, Whole, Base));
        Assert.False(_route.TakesSource(At(2002), isKey: false, 2));
        Assert.True(_route.TakesSource(At(2003), isKey: true, 3));
        Pass(2003, 5000, Whole);
        Assert.False(_route.IsCoded);
    }

    [Fact]
    public void Time_of_another_phone_is_not_compared_with_the_last_ones()
    {
        Assert.True(_route.TakesSource(At(0), isKey: true, 90_000));
        Assert.True(_route.LeaveSource());
        Assert.False(_route.TakesCoded(isKey: true, 3_000));

        _route.OnNewSource();
        Assert.True(_route.TakesCoded(isKey: true, 3_000));
    }

    [Fact]
    public void Phones_pictures_come_back_with_a_key_frame_once_the_link_carries_them()
    {
        Pass(0, 2000, 480);
        Pass(2000, 4900, 2500);
        Assert.False(_route.AwaitsSource);
        Pass(4900, 5100, 2500);

        Assert.True(_route.AwaitsSource);
        Assert.False(_route.TakesSource(At(5100), isKey: false, 1));
        Assert.True(_route.TakesSource(At(5200), isKey: true, 2));
        Assert.False(_route.IsCoded || _route.AwaitsSource);
    }

    [Fact]
    public void Return_that_came_too_early_waits_twice_as_long_the_next_time()
    {
        int first = UntilReturn(0);
        int second = UntilReturn(first);
        int third = UntilReturn(second);

        Assert.True(second - first > 5500 && third - second > 11_000, $"{first}, {second}, {third}");
    }

    [Fact]
    public void Link_that_sinks_again_before_the_key_frame_stays_with_the_server()
    {
        Pass(0, 2000, 480);
        Pass(2000, 5200, 2500);
        Assert.True(_route.AwaitsSource);
        Pass(5200, 5300, 480);

        Assert.False(_route.TakesSource(At(5300), isKey: true, 1));
        Assert.True(_route.IsCoded);
    }

    private static Instant At(int milliseconds) => Instant.FromMilliseconds(milliseconds);

    /// <summary>A link that is thin for two seconds and seems wide then; gives the time at which the phone's pictures are back.</summary>
    private int UntilReturn(int from)
    {
        Pass(from, from + 2000, 480);
        Assert.True(_route.IsCoded);
        int now = from + 2000;
        while (!_route.AwaitsSource)
        {
            Pass(now, now += 33, 2500);
        }

        Assert.True(_route.TakesSource(At(now), isKey: true, 1));
        return now;
    }

    private void Pass(int from, int to, double link)
    {
        for (int now = from; now < to; now += 33)
        {
            _route.Update(At(now), link, Whole, Base);
        }
    }
}
