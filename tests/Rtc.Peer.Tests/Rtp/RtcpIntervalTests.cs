using Rtc.Peer.Rtcp;
using Xunit;

namespace Rtc.Peer.Tests.Rtp;

/// <summary>When reports go out, and what the last one says.</summary>
public sealed class RtcpIntervalTests
{
    [Fact]
    public void Reports_are_spread_at_random_around_the_interval()
    {
        using var pair = new MediaPair(seed: 5);
        byte[] buffer = new byte[1500];
        pair.Run(TimeSpan.FromSeconds(1));
        pair.Encoding = false;
        var intervals = new List<double>();
        Instant last = pair.Now;
        for (Instant now = pair.Now; intervals.Count < 200; now += TimeSpan.FromMilliseconds(1))
        {
            while (pair.Sender.TryTakePacket(now, buffer, out int length, out bool isRtcp))
            {
                if (isRtcp && buffer[1] == RtcpType.SenderReport)
                {
                    intervals.Add((now - last).TotalMilliseconds);
                    last = now;
                }
            }
        }

        intervals.RemoveAt(0);
        Assert.All(intervals, interval => Assert.InRange(interval, 409, 1233)); // 0.5 to 1.5 s over e - 3/2
        Assert.InRange(intervals.Average(), 770, 870);
        Assert.True(intervals.Max() - intervals.Min() > 600);
    }

    [Fact]
    public void Close_says_goodbye_and_its_name_for_every_source()
    {
        using var pair = new MediaPair(seed: 6);
        byte[] buffer = new byte[1500];
        pair.Run(TimeSpan.FromSeconds(1));
        pair.Sender.Close();
        Assert.True(pair.Sender.TryTakePacket(pair.Now, buffer, out int length, out bool isRtcp) && isRtcp);
        int names = 0, byes = 0;
        byte[] leaving = [];
        RtcpCompoundReader reader = new(buffer.AsSpan(0, length));
        while (reader.TryRead(out RtcpPacketView packet))
        {
            names += packet.Type == RtcpType.SourceDescription ? packet.Count : 0;
            if (packet.Type == RtcpType.Bye)
            {
                byes += packet.Count;
                leaving = packet.Body.ToArray();
            }
        }

        Assert.False(reader.Malformed);
        Assert.Equal(2, names);
        Assert.Equal(2, byes);
        Assert.Equal([0, 0, 0x11, 0x11, 0, 0, 0x22, 0x22], leaving);
    }
}
