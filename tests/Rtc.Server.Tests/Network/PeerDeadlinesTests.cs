using Rtc.Peer.Dtls;
using Rtc.Server.Network;

namespace Rtc.Server.Tests.Network;

/// <summary>When peers are called again, in virtual time.</summary>
public sealed class PeerDeadlinesTests : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(100);
    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly PeerDeadlines _deadlines = new();
    private readonly PeerSlot[] _ports;

    public PeerDeadlinesTests() => _ports = [.. Enumerable.Range(0, 20).Select(_ => Ports.Port(_identity))];

    public void Dispose()
    {
        foreach (PeerSlot port in _ports)
        {
            port.Peer.Dispose();
        }

        _identity.Dispose();
    }

    [Fact]
    public void Soonest_deadline_decides_the_wait()
    {
        Assert.Equal(s_longest, _deadlines.Until(At(0), s_longest));
        _deadlines.Set(_ports[0], At(300));
        Assert.Equal(s_longest, _deadlines.Until(At(0), s_longest));
        _deadlines.Set(_ports[1], At(40));
        Assert.Equal(TimeSpan.FromMilliseconds(40), _deadlines.Until(At(0), s_longest));
        Assert.Equal(TimeSpan.Zero, _deadlines.Until(At(41), s_longest));
    }

    [Fact]
    public void A_deadline_that_moved_sooner_is_called_once_at_the_sooner_time()
    {
        _deadlines.Set(_ports[0], At(50));
        _deadlines.Set(_ports[0], At(20));
        Assert.False(_deadlines.TryTakeDue(At(19), out _));
        Assert.True(_deadlines.TryTakeDue(At(20), out PeerSlot? due));
        Assert.Same(_ports[0], due);
        Assert.False(_deadlines.TryTakeDue(At(1000), out _));
    }

    [Fact]
    public void A_deadline_that_moved_later_is_called_early_and_set_again()
    {
        _deadlines.Set(_ports[0], At(20));
        _deadlines.Set(_ports[0], At(50));
        Assert.True(_deadlines.TryTakeDue(At(20), out PeerSlot? due));
        _deadlines.Set(due, At(50));
        Assert.False(_deadlines.TryTakeDue(At(49), out _));
        Assert.True(_deadlines.TryTakeDue(At(50), out _));
    }

    [Fact]
    public void Never_is_not_waited_for()
    {
        _deadlines.Set(_ports[0], Instant.Never);
        Assert.Equal(s_longest, _deadlines.Until(At(0), s_longest));
        Assert.False(_deadlines.TryTakeDue(At(1_000_000), out _));
    }

    [Fact]
    public void Peer_that_is_always_due_does_not_hold_the_others_up()
    {
        _deadlines.Set(_ports[1], At(10));
        for (int round = 0; round < 3; round++)
        {
            _deadlines.Set(_ports[0], At(5), At(11 + round));
            var called = new List<PeerSlot>();
            while (called.Count < 10 && _deadlines.TryTakeDue(At(11 + round), out PeerSlot? due))
            {
                called.Add(due);
                _deadlines.Set(_ports[0], At(5), At(12 + round));
            }

            Assert.Equal(round == 0 ? [_ports[1], _ports[0]] : [_ports[0]], called);
        }
    }

    [Fact]
    public void Forgotten_peer_is_not_called_and_may_be_set_again()
    {
        _deadlines.Set(_ports[0], At(30));
        _deadlines.Set(_ports[0], At(20));
        _deadlines.Set(_ports[1], At(25));
        _deadlines.Forget(_ports[0]);
        Assert.True(_deadlines.TryTakeDue(At(100), out PeerSlot? due));
        Assert.Same(_ports[1], due);
        Assert.False(_deadlines.TryTakeDue(At(100), out _));
        Assert.Equal(s_longest, _deadlines.Until(At(0), s_longest));
        _deadlines.Set(_ports[0], At(200));
        Assert.True(_deadlines.TryTakeDue(At(200), out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_they_ask_for_everybody_is_called_in_time_and_in_order(int seed)
    {
        // Each port's wish as the plainest book would keep it: the soonest it asked for since it was last called.
        var random = new Random(seed);
        var wished = new Dictionary<PeerSlot, long>();
        long now = 0;
        for (int step = 0; step < 5000; step++)
        {
            PeerSlot port = _ports[random.Next(_ports.Length)];
            long at = now + random.Next(1, 500);
            _deadlines.Set(port, new Instant(at));
            wished[port] = Math.Min(at, wished.GetValueOrDefault(port, long.MaxValue));
            now += random.Next(20);
            long last = 0;
            while (_deadlines.TryTakeDue(new Instant(now), out PeerSlot? due))
            {
                Assert.True(wished.Remove(due, out long wish), "it had no deadline");
                Assert.InRange(wish, last, now);
                last = wish;
            }

            Assert.All(wished.Values, wish => Assert.True(wish > now, "its time has passed and it was not called"));
        }
    }

    private static Instant At(double milliseconds) => Instant.FromMilliseconds(milliseconds);
}
