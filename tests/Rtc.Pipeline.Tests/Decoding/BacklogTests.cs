using Rtc.Pipeline.Decoding;
using Xunit;

namespace Rtc.Pipeline.Tests.Decoding;

/// <summary>When the render loop skips pictures, by what they cost it.</summary>
public sealed class BacklogTests
{
    private readonly Backlog _backlog = new(maxMs: 60);

    [Fact]
    public void Pictures_that_a_repair_lets_go_at_once_are_all_drawn()
    {
        Cost(4);
        Assert.False(_backlog.IsBehind(8));
    }

    [Fact]
    public void Slow_pictures_are_skipped_from_a_few_on()
    {
        Cost(25);
        Assert.True(_backlog.IsBehind(3));
    }

    [Fact]
    public void Two_that_wait_are_no_backlog()
    {
        Cost(200);
        Assert.False(_backlog.IsBehind(2));
    }

    private void Cost(double milliseconds)
    {
        for (int i = 0; i < 60; i++)
        {
            _backlog.OnProcessed(milliseconds);
        }
    }
}
