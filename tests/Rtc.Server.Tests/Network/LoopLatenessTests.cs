using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Server.Network;

namespace Rtc.Server.Tests.Network;

public sealed class LoopLatenessTests
{
    private static readonly TimeSpan s_held = TimeSpan.FromMilliseconds(600);

    [Fact]
    public async Task Loop_that_is_held_up_counts_as_late_during_and_after()
    {
        using var loop = new MediaLoop(new MediaClock(), IPAddress.Loopback, 0, NullLogger<MediaLoop>.Instance);
        using var release = new ManualResetEventSlim();
        var held = new TaskCompletionSource();
        loop.Start();
        await loop.AskAsync(() => 0);
        loop.TakeLateness();
        loop.Post(() =>
        {
            held.SetResult();
            release.Wait(TimeSpan.FromSeconds(10));
        });
        await held.Task;
        await Task.Delay(s_held);
        TimeSpan during = loop.TakeLateness();
        release.Set();
        await loop.AskAsync(() => 0);
        await loop.AskAsync(() => 0);

        Assert.True(during > s_held / 2, $"{during}");
        Assert.True(loop.TakeLateness() > s_held / 2);
    }
}
