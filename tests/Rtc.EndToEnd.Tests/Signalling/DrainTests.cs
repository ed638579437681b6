using System.Diagnostics;
using System.Net;
using Rtc.Bench;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>SIGTERM with rooms open: they may go on for a while, nobody opens another, and everybody is told.</summary>
public sealed class DrainTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task Sigterm_tells_everybody_opens_no_room_and_ends_with_the_last_one()
    {
        await using ServerProcess server = await StartAsync(drainSeconds: 60);
        await using HubClient phone = await HubClient.OpenAsync(server);
        Assert.Null((await phone.JoinAsync("old", "phone")).Error);

        await server.SignalAsync("TERM");
        Assert.Equal("server_draining", (await phone.PushedAsync("notice")).GetProperty("code").GetString());
        using HttpResponseMessage ready = await server.Http.GetAsync("/api/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        using HttpResponseMessage live = await server.Http.GetAsync("/api/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        await using HubClient late = await HubClient.OpenAsync(server);
        Assert.Equal("draining", (await late.JoinAsync("new")).Code);
        Assert.Null((await late.JoinAsync("old")).Error);
        Assert.Equal(1, await server.MetricAsync("rtc_draining"));

        await late.CallAsync("Leave");
        await phone.CallAsync("Leave");
        Assert.Equal(0, await server.ExitAsync(s_soon));
        Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_signal_ends_at_once()
    {
        await using ServerProcess server = await StartAsync(drainSeconds: 60);
        await using HubClient phone = await HubClient.OpenAsync(server);
        await phone.JoinAsync("held", "phone");
        await server.SignalAsync("TERM");
        await phone.PushedAsync("notice");

        await server.SignalAsync("TERM");

        Assert.Equal(0, await server.ExitAsync(s_soon));
    }

    [Fact]
    public async Task End_of_its_terminal_tells_everybody_and_ends_in_order()
    {
        await using ServerProcess server = await StartAsync(drainSeconds: 60);
        await using HubClient phone = await HubClient.OpenAsync(server);
        await phone.JoinAsync("held", "phone");

        await server.SignalAsync("HUP");

        Assert.Equal("server_stopping", (await phone.PushedAsync("notice")).GetProperty("code").GetString());
        Assert.Equal(0, await server.ExitAsync(s_soon));
    }

    [Fact]
    public async Task Rooms_that_stay_are_closed_when_their_time_is_over()
    {
        await using ServerProcess server = await StartAsync(drainSeconds: 3);
        using var http = new HttpClient { Timeout = Patience.Time };
        await using HubClient hub = await HubClient.OpenAsync(server);
        await hub.JoinAsync("stays", "phone");
        await using BenchPhone phone = await MediaClient.PublishAsync(hub, http);
        long began = Stopwatch.GetTimestamp();

        await server.SignalAsync("TERM");

        Assert.Equal(0, await server.ExitAsync(s_soon + s_soon));
        Assert.True(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(2.5), $"{Stopwatch.GetElapsedTime(began)}");
        await ServerState.UntilAsync("the peer was not told", () => Task.FromResult(phone.ClosedBecause is not null));
    }

    private static Task<ServerProcess> StartAsync(int drainSeconds) =>
        ServerProcess.StartAsync(
            ["--model", "motion"], new Dictionary<string, string> { ["RTC__Rooms__DrainSeconds"] = $"{drainSeconds}" });
}
