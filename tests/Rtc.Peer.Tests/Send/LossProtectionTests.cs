using Rtc.Peer.Primitives;
using Rtc.Peer.Send;
using Xunit;

namespace Rtc.Peer.Tests.Send;

/// <summary>Packets that are sent twice unasked, and for which viewer.</summary>
public sealed class LossProtectionTests
{
    private const int PacketBytes = 1000;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(8);
    private static readonly Bitrate s_media = new((long)(PacketBytes * 8 / 0.008));

    private readonly PacketRing _ring = new(100);
    private readonly LossProtection _protection;
    private Instant _now = new(1_000_000);

    public LossProtectionTests() => _protection = new LossProtection(_ring);

    [Fact]
    public void Steady_link_gets_no_copies()
    {
        _protection.OnLoss(0.002);
        Assert.Equal(0, CopiesOf(250, available: 5 * s_media.BitsPerSecond));
        Assert.Equal(Instant.Never, _protection.NextDue);
    }

    [Fact]
    public void Lossy_link_with_room_gets_every_packet_twice()
    {
        Lose(0.05);
        CopiesOf(250, available: 5 * s_media.BitsPerSecond);
        Assert.InRange(CopiesOf(250, available: 5 * s_media.BitsPerSecond), 248, 250);
    }

    [Fact]
    public void Copies_take_no_more_than_the_room_beside_the_pictures()
    {
        Lose(0.05);
        CopiesOf(250, available: s_media.BitsPerSecond);
        Assert.InRange(CopiesOf(250, available: s_media.BitsPerSecond), 0, 2);
        long available = (long)(1.5 * s_media.BitsPerSecond);
        CopiesOf(250, available);
        Assert.InRange(CopiesOf(250, available), 90, 115); // 1.5 × 0.95 − 1 of 250
    }

    [Fact]
    public void Copy_follows_at_a_distance_that_most_bursts_are_shorter_than()
    {
        Lose(0.05);
        CopiesOf(250, available: 5 * s_media.BitsPerSecond);
        Instant sent = _now;
        Send(5 * s_media.BitsPerSecond);
        while (_protection.TryTake(sent, out _))
        {
        }

        Assert.InRange((_protection.NextDue - sent).TotalMilliseconds, 5, 15);
    }

    [Fact]
    public void Link_that_loses_nothing_any_more_gets_no_copies_within_ten_seconds()
    {
        Lose(0.10);
        Assert.True(_protection.IsActive);
        for (int i = 0; i < 200; i++)
        {
            _protection.OnLoss(0);
        }

        Assert.False(_protection.IsActive);
    }

    [Fact]
    public void What_was_asked_for_goes_twice_without_room_too()
    {
        Lose(0.05);
        Send(available: 0);
        _protection.OnResent(_now, _ring.Sent - 1);
        Assert.True(_protection.TryTake(_now + TimeSpan.FromMilliseconds(20), out long sequence));
        Assert.Equal(_ring.Sent - 1, sequence);
    }

    [Fact]
    public void Copy_that_comes_too_late_to_help_is_not_sent()
    {
        Lose(0.05);
        Send(available: 0);
        _protection.OnResent(_now, _ring.Sent - 1);
        Assert.False(_protection.TryTake(_now + TimeSpan.FromMilliseconds(200), out _));
    }

    private void Lose(double share)
    {
        for (int i = 0; i < 10; i++)
        {
            _protection.OnLoss(share); // half a second of feedback
        }
    }

    private int CopiesOf(int packets, long available)
    {
        int copies = 0;
        for (int i = 0; i < packets; i++)
        {
            _now += s_interval;
            while (_protection.TryTake(_now, out _))
            {
                copies++;
            }

            Send(available);
        }

        return copies;
    }

    private void Send(long available)
    {
        _ring.Add();
        long sequence = _ring.Sent;
        _ring.MarkSent();
        _ring.ForgetBefore(sequence - 60);
        _protection.OnSent(_now, sequence, PacketBytes, new Bitrate(available));
    }
}
