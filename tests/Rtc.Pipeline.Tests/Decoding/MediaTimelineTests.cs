using Rtc.Pipeline.Decoding;
using Xunit;

namespace Rtc.Pipeline.Tests.Decoding;

public class MediaTimelineTests
{
    private MediaTimeline _timeline;

    [Fact]
    public void The_clock_goes_on_over_the_end_of_its_32_bits()
    {
        long first = _timeline.Next(uint.MaxValue - 1000, 0);
        Assert.Equal(3000, _timeline.Next(1999, 33) - first);
    }

    [Fact]
    public void A_sender_that_starts_anew_goes_on_by_the_time_that_passed()
    {
        long first = _timeline.Next(5000, 1000);
        Assert.Equal(180_000, _timeline.Next(3_000_000_000, 3000) - first);
        Assert.Equal(183_000, _timeline.Next(3_000_003_000, 3033) - first);
    }

    [Fact]
    public void A_timestamp_that_goes_back_does_not_turn_time_around()
    {
        long first = _timeline.Next(500_000, 1000);
        Assert.Equal(2970, _timeline.Next(400_000, 1033) - first);
        Assert.True(_timeline.Next(403_000, 900) >= first);
    }

    [Fact]
    public void A_pause_of_seconds_is_a_pause()
    {
        long first = _timeline.Next(0, 0);
        Assert.Equal(450_000, _timeline.Next(450_000, 5000) - first);
    }
}
