using Rtc.Peer.Receive;
using Xunit;

namespace Rtc.Peer.Tests.Receive;

/// <summary>When what is missing is asked for, and how often.</summary>
public sealed class NackRegisterTests
{
    private static readonly TimeSpan s_roundTrip = TimeSpan.FromMilliseconds(50);
    private static readonly Instant s_now = new(1_000_000);
    private readonly NackRegister _missing = new();
    private readonly ushort[] _due = new ushort[16];

    [Fact]
    public void Question_is_said_once_a_round_trip_on_a_good_link() =>
        Assert.Equal([0, 57, 119], AskedAt(twice: false, TimeSpan.FromMilliseconds(130)));

    [Fact]
    public void Question_is_said_twice_on_a_lossy_link() =>
        Assert.Equal([0, 8, 50, 58, 100, 108], AskedAt(twice: true, TimeSpan.FromMilliseconds(130)));

    [Fact]
    public void Second_saying_counts_as_the_same_question()
    {
        _missing.TryAddGap(7, 8, s_now);
        Assert.Equal(1, _missing.TakeDue(s_now, s_roundTrip, _due, twice: true));
        Assert.Equal(1, _missing.TakeDue(s_now + TimeSpan.FromMilliseconds(8), s_roundTrip, _due, twice: true));
        Assert.True(_missing.TryRemove(7, out int tries, out Instant? askedAt));
        Assert.Equal(1, tries);
        Assert.Equal(s_now, askedAt);
    }

    private List<int> AskedAt(bool twice, TimeSpan during)
    {
        var asked = new List<int>();
        _missing.TryAddGap(7, 8, s_now);
        while (_missing.Deadline - s_now <= during)
        {
            Instant now = _missing.Deadline;
            if (_missing.TakeDue(now, s_roundTrip, _due, twice) > 0)
            {
                asked.Add((int)Math.Ceiling((now - s_now).TotalMilliseconds));
            }
        }

        return asked;
    }
}
