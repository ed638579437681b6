using Rtc.Peer.Send;
using Xunit;

namespace Rtc.Peer.Tests.Send;

/// <summary>What a viewer is asked to wait, by what its link does.</summary>
public sealed class PlayoutDelayTests
{
    private static readonly Instant s_now = new(5_000_000);
    private readonly PlayoutDelay _delay = new();

    [Fact]
    public void Steady_link_is_asked_for_no_delay_at_all()
    {
        _delay.OnJitter(s_now, TimeSpan.FromMilliseconds(3));
        Assert.Equal(0, _delay.MaxSteps(s_now));
    }

    [Fact]
    public void Missing_packet_gives_late_pictures_room_at_once()
    {
        _delay.OnMissing(s_now);
        Assert.Equal(50, _delay.MaxSteps(s_now));
    }

    [Fact]
    public void Jitter_gives_late_pictures_room()
    {
        _delay.OnJitter(s_now, TimeSpan.FromMilliseconds(20));
        Assert.Equal(50, _delay.MaxSteps(s_now));
    }

    [Fact]
    public void Ten_quiet_seconds_later_no_delay_is_asked_for()
    {
        _delay.OnMissing(s_now);
        Assert.Equal(50, _delay.MaxSteps(s_now + TimeSpan.FromSeconds(9)));
        Assert.Equal(0, _delay.MaxSteps(s_now + TimeSpan.FromSeconds(11)));
    }
}
