using System.Diagnostics;
using Rtc.Signaling;
using Rtc.Signaling.Hub;

namespace Rtc.Server.Tests.Signaling;

public sealed class HubClockTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(24 * 365)]
    public void First_message_is_heard_however_long_the_machine_is_up(int hours)
    {
        TimeSpan up = TimeSpan.FromHours(hours);
        Instant now = HubClock.At((long)(up.TotalSeconds * Stopwatch.Frequency));

        Assert.Equal((long)up.TotalMicroseconds, now.Microseconds);
        Assert.Equal(MessageVerdict.Accepted, new MessageRate(200).Take(now, 0));
    }
}
