using Rtc.Pipeline.Remote;
using Xunit;

namespace Rtc.Pipeline.Tests.Remote;

public class RemoteTurnTests
{
    private readonly RemoteTurn _turn = new();

    [Fact]
    public void Both_detect_until_the_third_result()
    {
        _turn.Accepted(0);
        Assert.False(_turn.Rests(1));
        _turn.Accepted(50);
        Assert.False(_turn.Rests(51));
        _turn.Accepted(100);
        Assert.True(_turn.Rests(101));
    }

    [Theory]
    [InlineData(33)]
    [InlineData(50)]
    [InlineData(100)]
    public void Result_that_is_late_ends_the_rest(double intervalMs)
    {
        double last = Run(intervalMs, 20);
        Assert.True(_turn.Rests(last + intervalMs + 4));
        Assert.False(_turn.Rests(last + intervalMs + 6));
    }

    [Fact]
    public void Member_whose_results_vary_is_given_more_time()
    {
        double now = 0;
        for (int i = 0; i < 40; i++)
        {
            _turn.Accepted(now += i % 2 == 0 ? 30 : 70);
        }

        Assert.True(_turn.Rests(now + 75));
        Assert.False(_turn.Rests(now + 130));
    }

    [Fact]
    public void After_a_late_result_it_is_three_in_a_row_again()
    {
        double last = Run(33, 20);
        _turn.Accepted(last += 150);
        Assert.False(_turn.Rests(last + 1));
        _turn.Accepted(last += 33);
        Assert.False(_turn.Rests(last + 1));
        _turn.Accepted(last += 33);
        Assert.True(_turn.Rests(last + 1));
    }

    [Fact]
    public void Results_that_were_held_up_gain_no_patience_beyond_a_few()
    {
        double last = Run(33, 20);
        for (int i = 0; i < 40; i++)
        {
            _turn.Accepted(last += i % 4 == 0 ? 300 : 33);
        }

        last = Run(33, 6, last);
        Assert.True(_turn.Rests(last + 33));
        Assert.False(_turn.Rests(last + 33 + 45));
    }

    [Fact]
    public void Fewer_than_five_a_second_relieve_nobody()
    {
        double last = Run(210, 20);
        Assert.False(_turn.Rests(last + 1));
    }

    [Fact]
    public void Member_that_slows_down_loses_the_turn()
    {
        double last = Run(50, 20);
        for (int i = 0; i < 20; i++)
        {
            _turn.Accepted(last += 260);
        }

        Assert.False(_turn.Rests(last + 1));
    }

    [Fact]
    public void Member_that_says_so_ends_it_at_once()
    {
        double last = Run(33, 20);
        _turn.End();
        Assert.False(_turn.Rests(last + 1));
        _turn.Accepted(last + 33);
        Assert.False(_turn.Rests(last + 34));
    }

    private double Run(double intervalMs, int count, double now = 0)
    {
        for (int i = 0; i < count; i++)
        {
            _turn.Accepted(now += intervalMs);
        }

        return now;
    }
}
