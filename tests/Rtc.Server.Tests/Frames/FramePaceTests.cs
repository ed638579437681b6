using Rtc.Server.Frames;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Frames;

public sealed class FramePaceTests
{
    private const double Gap = 1000.0 / 30;
    private readonly ManualClock _clock = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void Last_frame_before_the_model_is_free_is_known()
    {
        const double run = 125;
        var pace = new FramePace(_clock);
        List<bool> told = [];
        double ends = run;
        pace.RunBegins();
        for (double now = Gap; now < 4 * run; now += Gap)
        {
            while (ends < now)
            {
                AdvanceTo(ends);
                pace.RunEnds();
                pace.RunBegins();
                ends += run;
            }

            AdvanceTo(now);
            told.Add(pace.Arrives());
            Assert.Equal(now > run && ends - now < Gap, told[^1]);
        }

        Assert.Equal(3, told.Count(isNext => isNext));
    }

    [Fact]
    public void Frame_that_finds_the_model_free_is_not_decoded_ahead()
    {
        var pace = new FramePace(_clock);
        for (int i = 0; i < 5; i++)
        {
            Assert.False(pace.Arrives());
            pace.RunBegins();
            _clock.Now += TimeSpan.FromMilliseconds(Gap);
            pace.RunEnds();
        }
    }

    private void AdvanceTo(double milliseconds) => _clock.Now = DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds);
}
