using Rtc.Signaling;

namespace Rtc.Server.Tests.Rooms;

public sealed class MessageRateTests
{
    private const int PerSecond = 50;
    private readonly MessageRate _rate = new(PerSecond);

    [Fact]
    public void A_client_within_its_rate_is_always_heard()
    {
        for (int message = 0; message < PerSecond * 600; message++)
        {
            Assert.Equal(MessageVerdict.Accepted, _rate.Take(At(message * 1000.0 / PerSecond), 300));
        }
    }

    [Fact]
    public void A_flood_is_told_once_then_met_with_silence_then_closed()
    {
        MessageVerdict[] verdicts = [.. Enumerable.Range(0, 31_000).Select(message => _rate.Take(At(message / 31.0), 40))];

        Assert.Equal(PerSecond * 2, verdicts.TakeWhile(verdict => verdict == MessageVerdict.Accepted).Count());
        Assert.Single(verdicts, MessageVerdict.RefusedAloud);
        int closed = Array.IndexOf(verdicts, MessageVerdict.Flood);
        Assert.InRange(closed, PerSecond * 10, PerSecond * 13);
        Assert.DoesNotContain(MessageVerdict.Flood, verdicts[..closed]);
    }

    [Fact]
    public void A_little_too_much_is_told_once_a_window_and_never_closed()
    {
        MessageVerdict[] verdicts = [.. Enumerable.Range(0, 60 * 70).Select(message => _rate.Take(At(message * 1000.0 / 60), 40))];

        Assert.InRange(verdicts.Count(verdict => verdict == MessageVerdict.RefusedAloud), 6, 8);
        Assert.DoesNotContain(MessageVerdict.Flood, verdicts);
    }

    [Fact]
    public void A_long_message_counts_for_each_of_its_kilobytes()
    {
        int heard = Enumerable.Range(0, 100).Count(_ => _rate.Take(At(0), 33 * 1024) == MessageVerdict.Accepted);

        Assert.Equal(PerSecond * 2 / 34, heard);
        Assert.Equal(MessageVerdict.Accepted, new MessageRate(PerSecond).Take(At(0), 16 << 20));
    }

    private static Instant At(double milliseconds) => Instant.FromMilliseconds(milliseconds);
}
