using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Network;
using Rtc.Server.Options;

namespace Rtc.Server.Tests.Hosting;

/// <summary>A media loop that hangs: everybody who asks is told, and nobody waits for ever.</summary>
public sealed class StuckLoopTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Frozen_loop_answers_503_everywhere_until_it_moves_again()
    {
        // The seconds in which the loop stood still keep their weight for ten more; here only its heartbeat counts.
        await using RunningHost host = await RunningHost.StartAsync(RunningHost.Options with
        {
            Media = new MediaOptions { Port = 0, StuckSeconds = 1, ExitSeconds = 0 },
            Limits = RunningHost.Options.Limits with { MaxLoopLatenessMs = 0 },
        });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/api/health/ready"));
        using var frozen = new ManualResetEventSlim();
        host.App.Services.GetRequiredService<MediaLoop>().Post(frozen.Wait);
        try
        {
            await UntilAsync(host, "/api/health/live", HttpStatusCode.ServiceUnavailable);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(host, "/api/health/ready"));
            using HttpResponseMessage rooms = await host.Client.GetAsync("/api/rooms").WaitAsync(s_patience);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, rooms.StatusCode);
            Assert.NotNull(rooms.Headers.RetryAfter);
            using var offer = new StringContent("v=0", Encoding.UTF8, new MediaTypeHeaderValue("application/sdp"));
            using HttpResponseMessage joined = await host.Client.PostAsync("/whep/one", offer).WaitAsync(s_patience);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, joined.StatusCode);
            Assert.Contains("busy: ", await JoinOverHubAsync(host), StringComparison.Ordinal);
        }
        finally
        {
            frozen.Set();
        }

        await UntilAsync(host, "/api/health/live", HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/api/health/ready"));

        // Those who were told 503 are nowhere.
        Assert.Equal("[]", await host.Client.GetStringAsync("/api/rooms"));
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningHost host, string path)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync(path).WaitAsync(s_patience);
        return answer.StatusCode;
    }

    private static async Task UntilAsync(RunningHost host, string path, HttpStatusCode wanted)
    {
        using var limit = new CancellationTokenSource(s_patience);
        HttpStatusCode seen;
        while ((seen = await StatusAsync(host, path)) != wanted)
        {
            Assert.False(limit.IsCancellationRequested, $"{path} still says {seen}");
            await Task.Delay(50);
        }
    }

    /// <summary>What the hub sends back until its answer to Join.</summary>
    private static async Task<string> JoinOverHubAsync(RunningHost host)
    {
        using var limit = new CancellationTokenSource(s_patience);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(
            new Uri(host.Client.BaseAddress!.AbsoluteUri.Replace("http:", "ws:", StringComparison.Ordinal) + "hub"), limit.Token);
        foreach (string message
            in (string[])[
                """{"protocol":"json","version":1}""",
                """{"type":1,"invocationId":"7","target":"Join","arguments":[{"room":"one","role":"viewer"}]}"""
            ])
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(message + "\u001e"), WebSocketMessageType.Text, true, limit.Token);
        }

        var heard = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!heard.ToString().Contains("\"invocationId\":\"7\"", StringComparison.Ordinal))
        {
            WebSocketReceiveResult read = await socket.ReceiveAsync(buffer, limit.Token);
            Assert.NotEqual(WebSocketMessageType.Close, read.MessageType);
            heard.Append(Encoding.UTF8.GetString(buffer, 0, read.Count));
        }

        return heard.ToString();
    }
}
