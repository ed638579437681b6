using Rtc.Pipeline.Load;
using Xunit;

namespace Rtc.Pipeline.Tests.Load;

public class LevelPolicyTests
{
    private readonly LevelPolicy _policy = new();
    private double _now;

    [Theory]
    [InlineData(49, 10.5, Level.Optimal)]
    [InlineData(51, 30, Level.Moderate)]
    [InlineData(5, 9.5, Level.Moderate)]
    [InlineData(101, 30, Level.High)]
    [InlineData(5, 7.5, Level.High)]
    [InlineData(201, 30, Level.Critical)]
    [InlineData(5, 4.5, Level.Critical)]
    public void Each_limit_leads_to_its_level(double queueMs, double rate, Level expected)
    {
        Run(10, queueMs, rate);
        Assert.Equal(expected, _policy.Current);
        Assert.Equal(expected == Level.Optimal, _policy.Reason.Length == 0);
    }

    [Fact]
    public void Levels_are_walked_one_by_one_up_and_down()
    {
        var seen = new List<Level> { _policy.Current };
        void Note()
        {
            if (seen[^1] != _policy.Current)
            {
                seen.Add(_policy.Current);
            }
        }

        Run(5, 300, 3, Note);
        Run(20, 5, 60, Note);
        Assert.Equal([Level.Optimal, Level.Moderate, Level.High, Level.Critical, Level.High, Level.Moderate, Level.Optimal], seen);
    }

    [Fact]
    public void One_slow_picture_is_not_load()
    {
        Run(5, 5, 60);
        _policy.Update(_now += 33, 150, 60);
        Run(2, 5, 60, () => Assert.Equal(Level.Optimal, _policy.Current));
    }

    [Fact]
    public void A_measure_that_trembles_around_a_limit_does_not_make_the_level_flap()
    {
        var random = new Random(3);
        int changes = 0;
        Level last = _policy.Current;
        for (int i = 0; i < 30 * 600; i++)
        {
            _policy.Update(_now += 33, 50 + (random.NextDouble() * 10) - 5, 40);
            changes += _policy.Current == last ? 0 : 1;
            last = _policy.Current;
        }

        Assert.InRange(changes, 0, 1);
    }

    private void Run(double seconds, double queueMs, double rate, Action? each = null)
    {
        for (double end = _now + (seconds * 1000); _now < end;)
        {
            _policy.Update(_now += 33, queueMs, rate);
            each?.Invoke();
        }
    }
}
