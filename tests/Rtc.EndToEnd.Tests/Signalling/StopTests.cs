using Rtc.Bench;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>SIGTERM, as Kubernetes sends it, with everybody still there.</summary>
[Collection(AloneCollection.Name)]
public sealed class StopTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Peers_are_told_and_all_is_closed_within_five_seconds()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"]);
        using var http = new HttpClient { Timeout = Patience.Time };
        await using HubClient hub = await HubClient.OpenAsync(server);
        await hub.JoinAsync("stopping", "phone");
        BenchPhone phone = await MediaClient.PublishAsync(hub, http);
        BenchViewer[] viewers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => MediaClient.WatchAsync(server, http, "stopping")));
        await ServerState.UntilAsync("no picture came", () => Task.FromResult(viewers.All(viewer => viewer.Frames > 5)));
        await using HubClient silent = await HubClient.OpenSilentAsync(server);
        await using HubClient idle = await HubClient.OpenAsync(server);
        await idle.JoinAsync("waiting");

        (TimeSpan took, int exitCode) = await server.TerminateAsync();

        output.WriteLine($"stopped within {took.TotalSeconds:0.00} s");
        Assert.Equal(0, exitCode);
        Assert.True(took < TimeSpan.FromSeconds(5), $"it took {took}");
        await idle.PushedAsync("notice", notice => notice.GetProperty("code").GetString() == "server_stopping");
        await ServerState.UntilAsync(
            "a peer was not told",
            () => Task.FromResult(phone.ClosedBecause is not null && viewers.All(viewer => viewer.ClosedBecause is not null)));
        await Task.WhenAll(hub.Closed, silent.Closed, idle.Closed);
        Assert.DoesNotContain("Unhandled", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
        foreach (BenchViewer viewer in viewers)
        {
            await viewer.DisposeAsync();
        }

        await phone.DisposeAsync();
    }
}
