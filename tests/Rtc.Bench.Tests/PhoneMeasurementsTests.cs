using System.Text;
using Rtc.Media;
using Xunit;

namespace Rtc.Bench.Tests;

/// <summary>What a phone of the bench makes of what comes back.</summary>
public sealed class PhoneMeasurementsTests : IDisposable
{
    private readonly PicturePool _pictures = new();
    private readonly CaptureClock _clock = new();

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public void Time_before_the_run_counts_as_nothing_and_is_no_freeze()
    {
        var measured = new PhoneMeasurements(_clock);
        measured.OnSent();
        measured.OnMessage(Detections(90));
        measured.Begin();
        Assert.Equal((0, 0, 0), (measured.Figures.Sent, measured.Figures.Returned, measured.Figures.Results));
        using Picture picture = Coded(CaptureClock.NowMs);
        measured.OnPicture(picture);
        Assert.Equal((1, 0, 0), (measured.Figures.Returned, measured.Figures.Unreadable, measured.Figures.Freezes));
        Assert.InRange(measured.Figures.Gaps.ToArray().Single(), 0, 300);
    }

    [Fact]
    public void Picture_is_as_old_as_its_code_and_unreadable_without()
    {
        var measured = new PhoneMeasurements(_clock);
        measured.Begin();
        using Picture old = Coded(CaptureClock.NowMs - 40);
        using Picture blank = Plain();
        measured.OnPicture(old);
        measured.OnPicture(blank);
        Assert.True(measured.Figures.Latency.ToArray().Single() >= 40 - 0.2, "younger than it was made");
        Assert.Equal((2, 1), (measured.Figures.Returned, measured.Figures.Unreadable));
    }

    [Fact]
    public void Result_is_as_old_as_its_picture_and_ageless_once_that_is_forgotten()
    {
        var measured = new PhoneMeasurements(_clock);
        measured.Begin();
        _clock.Took(9000, CaptureClock.NowMs - 25);
        measured.OnMessage(Detections(9000));
        measured.OnMessage(Detections(18_000));
        Assert.Equal(2, measured.Figures.Results);
        Assert.True(measured.Figures.ResultLatency.ToArray().Single() >= 25);
        Assert.Equal(2, measured.Figures.Levels["optimal"]);
        Assert.Equal("motion", measured.Figures.Model);
    }

    private Picture Coded(double takenMs)
    {
        Picture picture = Plain();
        TimeCode.Write(picture, CaptureClock.CodeOf(takenMs));
        return picture;
    }

    private Picture Plain()
    {
        Picture picture = _pictures.Rent(320, 240);
        new Clip(320, 240).Draw(picture, 0);
        return picture;
    }

    private static byte[] Detections(uint timestamp) => Encoding.UTF8.GetBytes($$"""
        {"type":"detections","rtp_timestamp":{{timestamp}},"inference_ts":30,"recv_ts":10,"timings_ms":{"detect":5,"queue":1},"level":"optimal","model":"motion","provider":"embedded"}
        """);
}
