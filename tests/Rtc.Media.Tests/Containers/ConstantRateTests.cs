using Rtc.Media.Containers.Writing;

namespace Rtc.Media.Tests.Containers;

/// <summary>Pictures of any times, written at one rate, stay in step with the sound.</summary>
public sealed class ConstantRateTests
{
    [Fact]
    public void Regular_pictures_are_written_once_however_times_were_rounded()
    {
        var rate = new ConstantRate(30, 1000);
        Assert.All(Enumerable.Range(1, 300), number => Assert.Equal(1, rate.TimesUntil(Math.Round(number / 30.0, 2))));
    }

    [Fact]
    public void Slow_part_repeats_pictures_and_a_fast_part_leaves_some_out()
    {
        // Two seconds of 30 a second, then two of 10: 80 pictures in four seconds.
        double[] times = [.. Enumerable.Range(0, 60).Select(i => i / 30.0), .. Enumerable.Range(0, 20).Select(i => 2 + (i / 10.0))];
        var rate = new ConstantRate(20, 1000);
        long written = 0;
        foreach (double time in times.Skip(1))
        {
            written += rate.TimesUntil(time);
            Assert.InRange((written / 20.0) - time, -0.05, 0.05);
        }
    }

    [Fact]
    public void First_picture_stands_from_the_start()
    {
        var rate = new ConstantRate(10, 1000);
        Assert.Equal(11, rate.TimesUntil(1.1));
        Assert.Equal(1, rate.TimesUntil(1.2));
    }

    [Fact]
    public void Times_that_begin_anew_lose_no_picture()
    {
        var rate = new ConstantRate(10, 1000);
        double[] times = [0.1, 0.2, 0.3, 0, 0.1, 0.2, 0.3, 0.4, 0.5];
        Assert.All(times, time => Assert.Equal(1, rate.TimesUntil(time)));
    }

    [Theory]
    [InlineData(1e9)]
    [InlineData(double.MaxValue)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    [InlineData(-1e9)]
    public void Absurd_time_repeats_no_more_than_is_allowed(double seconds)
    {
        var rate = new ConstantRate(10, 50);
        Assert.InRange(rate.TimesUntil(seconds), 0, 50);
        Assert.InRange(rate.TimesUntil(seconds), 0, 50);
    }
}
