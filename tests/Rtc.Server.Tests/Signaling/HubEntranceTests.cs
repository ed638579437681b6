using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;
using Rtc.Signaling.Hub;

namespace Rtc.Server.Tests.Signaling;

/// <summary>Hub connections before they have joined a room, as raw sockets.</summary>
public sealed class HubEntranceTests
{
    private const string Handshake = "{\"protocol\":\"json\",\"version\":1}\u001e";
    private const string Join =
        "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Join\",\"arguments\":[{\"room\":\"one\",\"role\":\"viewer\"}]}\u001e";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly string s_large = new('x', 20_000);

    [Fact]
    public async Task Unfinished_message_before_join_ends_the_connection()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using ClientWebSocket socket = await OpenAsync(host);

        await SendAsync(socket, "{\"type\":1,\"target\":\"Join\",\"arguments\":[\"" + s_large);

        Assert.Contains(
            "message_too_large: Before it joins", await ReadUntilAsync(socket, "UnjoinedMessageBytes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Joined_connection_may_send_large_messages_and_frees_its_place()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using ClientWebSocket socket = await OpenAsync(host);
        HubEntrance entrance = host.App.Services.GetRequiredService<HubEntrance>();
        Assert.Equal(1, entrance.Unjoined);

        await SendAsync(socket, Join);
        Assert.Contains("peer_id", await ReadUntilAsync(socket, "\"invocationId\":\"1\""), StringComparison.Ordinal);
        await SendAsync(
            socket, "{\"type\":1,\"invocationId\":\"2\",\"target\":\"Offer\",\"arguments\":[{\"sdp\":\"" + s_large + "\"}]}\u001e");

        Assert.Contains("bad_sdp", await ReadUntilAsync(socket, "\"invocationId\":\"2\""), StringComparison.Ordinal);
        Assert.Equal(0, entrance.Unjoined);
    }

    [Fact]
    public async Task Connections_that_never_join_leave_places_to_other_addresses()
    {
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with { Limits = RunningHost.Options.Limits with { MaxUnjoined = 4 } });
        using ClientWebSocket first = await OpenAsync(host);
        using ClientWebSocket second = await OpenAsync(host);

        using HttpResponseMessage refused = await host.Client.PostAsync("/hub/negotiate?negotiateVersion=1", null);
        using var elsewhere = new HttpRequestMessage(HttpMethod.Post, "/hub/negotiate?negotiateVersion=1");
        elsewhere.Headers.Add("X-Forwarded-For", "192.0.2.1");
        using HttpResponseMessage allowed = await host.Client.SendAsync(elsewhere);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("Limits:MaxUnjoined", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [Fact]
    public async Task Oldest_connection_that_never_joined_gives_way_to_another_address()
    {
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with { Limits = RunningHost.Options.Limits with { MaxUnjoined = 4 } });
        using ClientWebSocket first = await OpenAsync(host, "192.0.2.1");
        using ClientWebSocket second = await OpenAsync(host, "192.0.2.1");
        using ClientWebSocket third = await OpenAsync(host, "192.0.2.2");
        using ClientWebSocket fourth = await OpenAsync(host, "192.0.2.2");

        using ClientWebSocket other = await OpenAsync(host, "192.0.2.3");
        await SendAsync(other, Join);

        Assert.Contains("peer_id", await ReadUntilAsync(other, "\"invocationId\":\"1\""), StringComparison.Ordinal);
        await Assert.ThrowsAsync<WebSocketException>(() => ReadUntilAsync(first, "nothing"));
        Assert.Equal(3, host.App.Services.GetRequiredService<HubEntrance>().Unjoined);
    }

    private static async Task<ClientWebSocket> OpenAsync(RunningHost host, string? through = null)
    {
        var socket = new ClientWebSocket();
        if (through is not null)
        {
            socket.Options.SetRequestHeader("X-Forwarded-For", through);
        }

        await socket.ConnectAsync(new UriBuilder(host.Client.BaseAddress!) { Scheme = "ws", Path = "/hub" }.Uri, default);
        await SendAsync(socket, Handshake);
        Assert.Contains("{}", await ReadUntilAsync(socket, "{}"), StringComparison.Ordinal);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, default);

    private static async Task<string> ReadUntilAsync(ClientWebSocket socket, string end)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[8192];
        while (!text.ToString().Contains(end, StringComparison.Ordinal))
        {
            WebSocketReceiveResult read = await socket.ReceiveAsync(buffer, default).WaitAsync(s_patience);
            text.Append(Encoding.UTF8.GetString(buffer, 0, read.Count));
            if (read.MessageType == WebSocketMessageType.Close)
            {
                break;
            }
        }

        return text.ToString();
    }
}
