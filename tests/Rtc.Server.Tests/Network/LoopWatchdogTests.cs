using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Server.Network;

namespace Rtc.Server.Tests.Network;

/// <summary>The watchdog with the test as its timer.</summary>
public sealed class LoopWatchdogTests
{
    private readonly List<string> _exits = [];
    private long _rounds;

    [Fact]
    public void Loop_that_comes_round_is_never_reported()
    {
        using LoopWatchdog watchdog = Open(exitAfter: 10);
        for (int second = 0; second < 100; second++)
        {
            _rounds += second % 4 == 0 ? 1 : 0;
            watchdog.Tick();
            Assert.Null(watchdog.Error);
        }

        Assert.Empty(_exits);
    }

    [Fact]
    public void Stuck_loop_is_reported_then_ends_the_process_once()
    {
        using LoopWatchdog watchdog = Open(exitAfter: 10);
        Ticks(watchdog, 5);
        Assert.Null(watchdog.Error);
        Ticks(watchdog, 1);
        Assert.Equal("The media loop has not come round for 5 seconds.", watchdog.Error);
        Ticks(watchdog, 4);
        Assert.Empty(_exits);
        Ticks(watchdog, 5);
        Assert.Equal(["The media loop has not come round for 10 seconds."], _exits);
    }

    [Fact]
    public void Loop_that_moves_again_is_well_again()
    {
        using LoopWatchdog watchdog = Open(exitAfter: 10);
        Ticks(watchdog, 9);
        Assert.NotNull(watchdog.Error);
        _rounds++;
        Ticks(watchdog, 1);
        Assert.Null(watchdog.Error);
        Ticks(watchdog, 9);
        Assert.Empty(_exits);
    }

    [Fact]
    public void Exit_of_zero_seconds_never_ends_the_process()
    {
        using LoopWatchdog watchdog = Open(exitAfter: 0);
        Ticks(watchdog, 1000);
        Assert.NotNull(watchdog.Error);
        Assert.Empty(_exits);
    }

    private static void Ticks(LoopWatchdog watchdog, int count)
    {
        for (int i = 0; i < count; i++)
        {
            watchdog.Tick();
        }
    }

    private LoopWatchdog Open(int exitAfter) =>
        new(() => _rounds, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(exitAfter), _exits.Add, NullLogger<LoopWatchdog>.Instance);
}
