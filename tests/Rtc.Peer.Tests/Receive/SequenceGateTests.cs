using Rtc.Peer.Receive;
using Xunit;

namespace Rtc.Peer.Tests.Receive;

/// <summary>Which numbers are believed to be of the stream.</summary>
public sealed class SequenceGateTests
{
    private SequenceGate _gate;

    [Fact]
    public void Numbers_go_on_over_the_wrap()
    {
        Assert.Equal(SequenceStep.First, _gate.Take(65_534, out long first));
        Assert.Equal(SequenceStep.Ahead, _gate.Take(65_535, out _));
        Assert.Equal(SequenceStep.Ahead, _gate.Take(2, out long third));
        Assert.Equal(first + 4, third);
        Assert.Equal(third, _gate.Newest);
        Assert.Equal(SequenceStep.Behind, _gate.Take(0, out long late));
        Assert.Equal(first + 2, late);
        Assert.Equal(third, _gate.Newest);
    }

    [Fact]
    public void A_jump_is_believed_only_when_the_next_number_follows()
    {
        _gate.Take(100, out long before);
        Assert.Equal(SequenceStep.Doubted, _gate.Take(20_000, out _));
        Assert.Equal(SequenceStep.Doubted, _gate.Take(30_000, out _));
        Assert.Equal(SequenceStep.Restarted, _gate.Take(30_001, out long after));
        Assert.True(after > before + 65_536, "what comes after a restart must not count as late");
        Assert.Equal(SequenceStep.Ahead, _gate.Take(30_002, out long next));
        Assert.Equal(after + 1, next);
    }

    [Fact]
    public void A_stray_number_between_two_good_ones_changes_nothing()
    {
        _gate.Take(100, out long first);
        Assert.Equal(SequenceStep.Doubted, _gate.Take(20_000, out _));
        Assert.Equal(SequenceStep.Ahead, _gate.Take(101, out long second));
        Assert.Equal(first + 1, second);
        Assert.Equal(SequenceStep.Doubted, _gate.Take(20_001, out _));
    }

    [Fact]
    public void Resent_packet_starts_and_restarts_nothing_but_may_be_ahead()
    {
        Assert.False(_gate.TryTakeAgain(100, out _));
        Assert.False(_gate.Started);
        _gate.Take(100, out long first);
        Assert.False(_gate.TryTakeAgain(20_000, out _));
        Assert.True(_gate.TryTakeAgain(105, out long ahead));
        Assert.Equal((first + 5, first + 5), (ahead, _gate.Newest));
        Assert.True(_gate.TryTakeAgain(99, out long behind));
        Assert.Equal((first - 1, first + 5), (behind, _gate.Newest));
    }
}
