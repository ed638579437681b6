using System.Globalization;
using Rtc.EndToEnd.Tests;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>The call that a node makes to itself before it joins.</summary>
public sealed class WarmUpTests
{
    [Fact]
    public async Task Node_has_drawn_pictures_before_its_first_room_and_holds_none()
    {
        string port = ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        await using ServerProcess node = await ServerProcess.StartAsync(
            ["--cluster", "localhost", "--model", "motion"],
            new Dictionary<string, string> { ["RTC__Cluster__SiloPort"] = port, ["RTC__Cluster__PrimarySiloPort"] = port });
        string metrics = await node.Http.GetStringAsync("/metrics");

        Assert.Contains("\nrtc_joins_total{role=\"phone\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("\nrtc_pictures_rendered_total 0\n", metrics, StringComparison.Ordinal);
        using var limit = new CancellationTokenSource(Patience.Time);
        while (!metrics.Contains("\nrtc_rooms 0\n", StringComparison.Ordinal)
            || !metrics.Contains("\nrtc_frames_lent 0\n", StringComparison.Ordinal))
        {
            await Task.Delay(50, limit.Token);
            metrics = await node.Http.GetStringAsync("/metrics", limit.Token);
        }
    }

    [Fact]
    public async Task Server_alone_calls_nobody()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"]);
        string metrics = await server.Http.GetStringAsync("/metrics");
        Assert.DoesNotContain("rtc_joins_total{role=\"phone\"} 1", metrics, StringComparison.Ordinal);
    }
}
