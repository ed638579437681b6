using Rtc.Peer.Congestion;
using Xunit;

namespace Rtc.Peer.Tests.Congestion;

public sealed class StandingQueueTests
{
    private const long OtherClock = 7_000_000_000;
    private readonly StandingQueue _queue = new();
    private Instant _now = new(1_000_000);

    [Fact]
    public void Wait_is_what_the_fastest_packet_takes_longer_than_ever()
    {
        Feedback(25, 25, 25);
        Assert.Equal(0, _queue.Wait.TotalMilliseconds);
        Feedback(330, 325, 340);
        Assert.Equal(300, _queue.Wait.TotalMilliseconds);
        Feedback(30, 200);
        Assert.Equal(5, _queue.Wait.TotalMilliseconds);
    }

    [Fact]
    public void Jitter_is_no_queue()
    {
        var random = new Random(4);
        double worst = 0;
        for (int i = 0; i < 200; i++)
        {
            Feedback([.. Enumerable.Range(0, 10).Select(_ => 25 + random.Next(200))]);
            worst = Math.Max(worst, _queue.Wait.TotalMilliseconds);
        }

        Assert.True(worst < 120, $"{worst} ms");
    }

    [Fact]
    public void Longer_route_is_no_queue_after_two_windows()
    {
        Feedback(25);
        for (int i = 0; i < 450; i++)
        {
            Feedback(325);
        }

        Assert.Equal(0, _queue.Wait.TotalMilliseconds);
    }

    [Fact]
    public void Feedback_without_arrivals_changes_nothing()
    {
        Feedback(25);
        Feedback(225);
        Feedback();
        Assert.Equal(200, _queue.Wait.TotalMilliseconds);
    }

    private void Feedback(params int[] delaysMs)
    {
        _now += TimeSpan.FromMilliseconds(100);
        foreach (int delay in delaysMs)
        {
            _queue.Add(_now.Microseconds, _now.Microseconds + OtherClock + (delay * 1000));
        }

        _queue.Update(_now);
    }
}
