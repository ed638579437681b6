using Rtc.Peer.Send;
using Xunit;

namespace Rtc.Peer.Tests.Send;

public sealed class RepairShareTests
{
    private readonly RepairShare _share = new();
    private Instant _now = new(1_000_000);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.05, 0)]
    [InlineData(0.2, 0.125)]
    [InlineData(0.3, 0.25)]
    [InlineData(0.9, 0.5)]
    public void Share_comes_in_eighths_up_to_a_half(double repairs, double told)
    {
        Send(repairs, packets: 400);
        Assert.Equal(told, _share.Value);
    }

    [Fact]
    public void Repairs_are_forgotten_within_two_seconds()
    {
        Send(0.5, packets: 400);
        Send(0, packets: 200);
        Assert.Equal(0, _share.Value);
    }

    /// <summary>A hundred a second.</summary>
    private void Send(double repairs, int packets)
    {
        double due = 0;
        for (int i = 0; i < packets; i++)
        {
            due += repairs;
            bool isRepair = due >= 1;
            due -= isRepair ? 1 : 0;
            _now += TimeSpan.FromMilliseconds(10);
            _share.OnSent(_now, 1200, isRepair);
        }
    }
}
