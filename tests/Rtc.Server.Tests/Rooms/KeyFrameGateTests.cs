using Rtc.Server.Rooms;

namespace Rtc.Server.Tests.Rooms;

public sealed class KeyFrameGateTests
{
    [Fact]
    public void Single_request_passes_at_once()
    {
        var gate = new KeyFrameGate();

        Assert.False(gate.TryPass(At(1)));
        gate.Want();
        Assert.True(gate.TryPass(At(1)));
        Assert.False(gate.TryPass(At(1000)));
    }

    [Fact]
    public void A_crowd_over_a_second_passes_as_often_as_the_spacing_allows()
    {
        var gate = new KeyFrameGate();
        int passed = 0;
        for (int millisecond = 0; millisecond < 1000; millisecond += 5)
        {
            gate.Want();
            passed += gate.TryPass(At(millisecond)) ? 1 : 0;
        }

        Assert.Equal(1000 / (int)KeyFrameGate.Spacing.TotalMilliseconds, passed);
    }

    [Fact]
    public void Early_request_is_kept_until_it_is_due()
    {
        var gate = new KeyFrameGate();
        gate.Want();
        Assert.True(gate.TryPass(At(0)));
        gate.Want();

        Assert.False(gate.TryPass(At(249)));
        Assert.True(gate.TryPass(At(250)));
    }

    [Fact]
    public void Key_frame_sent_anyway_answers_waiting_requests()
    {
        var gate = new KeyFrameGate();
        gate.Want();
        Assert.True(gate.TryPass(At(0)));
        gate.Want();
        gate.Served();

        Assert.False(gate.TryPass(At(500)));
    }

    private static Instant At(double milliseconds) => Instant.FromMilliseconds(milliseconds);
}
