using Rtc.Server.Network;

namespace Rtc.Server.Tests.Network;

/// <summary>What others have for a loop, with the test as the loop.</summary>
public sealed class LoopInboxTests
{
    private readonly LoopInbox _inbox;
    private int _woken;

    public LoopInboxTests() => _inbox = new LoopInbox(() => _woken++, TimeSpan.FromMinutes(1));

    [Fact]
    public void Only_a_loop_that_sleeps_is_woken_and_only_once()
    {
        _inbox.Post(() => { });
        Assert.Equal(0, _woken);
        _inbox.RunPosted();
        Assert.True(_inbox.TryFallAsleep());
        _inbox.Post(() => { });
        _inbox.Post(() => { });
        Assert.Equal(1, _woken);
        _inbox.WakeUp();
        _inbox.Post(() => { });
        Assert.Equal(1, _woken);
    }

    [Fact]
    public void A_loop_with_work_does_not_wait()
    {
        _inbox.Post(() => { });
        Assert.False(_inbox.TryFallAsleep());
    }

    [Fact]
    public void Work_runs_in_order_and_what_it_posts_in_the_next_round()
    {
        var ran = new List<int>();
        _inbox.Post(() =>
        {
            ran.Add(1);
            _inbox.Post(() => ran.Add(3));
        });
        _inbox.Post(() => ran.Add(2));
        _inbox.RunPosted();
        Assert.Equal([1, 2], ran);
        _inbox.RunPosted();
        Assert.Equal([1, 2, 3], ran);
    }

    [Fact]
    public void Work_that_throws_leaves_the_rest_for_the_next_round()
    {
        bool ran = false;
        _inbox.Post(() => throw new InvalidOperationException("no"));
        _inbox.Post(() => ran = true);
        Assert.Throws<InvalidOperationException>(_inbox.RunPosted);
        Assert.False(_inbox.TryFallAsleep());
        _inbox.RunPosted();
        Assert.True(ran);
    }

    [Fact]
    public async Task A_question_is_answered_or_fails_as_it_failed()
    {
        Task<int> answer = _inbox.AskAsync(() => 7);
        Task<int> error = _inbox.AskAsync<int>(() => throw new InvalidOperationException("no"));
        Assert.False(answer.IsCompleted);
        _inbox.RunPosted();
        Assert.Equal(7, await answer);
        await Assert.ThrowsAsync<InvalidOperationException>(() => error);
    }

    [Fact]
    public async Task A_question_to_a_stuck_loop_times_out_and_is_not_put_later()
    {
        var inbox = new LoopInbox(static () => { }, TimeSpan.FromMilliseconds(1));
        int joined = 0;
        int left = 0;
        await Assert.ThrowsAsync<LoopTimeoutException>(() => inbox.AskAsync(() => joined++));
        await Assert.ThrowsAsync<LoopTimeoutException>(() => inbox.AskAsync(() => left++, evenLate: true));
        inbox.RunPosted();
        Assert.Equal((0, 1), (joined, left));
    }

    [Fact]
    public async Task Ended_loop_answers_callers_at_once()
    {
        bool ran = false;
        Assert.True(_inbox.TryFallAsleep());
        _inbox.Close();
        Assert.Equal(1, _woken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _inbox.AskAsync(() => ran = true));
        _inbox.RunPosted();
        Assert.False(ran);
    }
}
