using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>One past each limit of a small server: the answer names the limit, and there is room again once somebody goes.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private const int MessageBytes = 2048;
    private const int SdpBytes = 8192;
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await ServerProcess.StartAsync(["--model", "motion"], new Dictionary<string, string>
        {
            ["RTC__Rooms__MaxRooms"] = "2",
            ["RTC__Rooms__MaxPeers"] = "5",
            ["RTC__Rooms__MaxViewersPerRoom"] = "3",
            ["RTC__Limits__MessageBytes"] = $"{MessageBytes}",
            ["RTC__Limits__SdpBytes"] = $"{SdpBytes}",
        });

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Rooms_viewers_phones_and_peers_are_counted()
    {
        var members = new List<HubClient>();
        async Task<string?> JoinAsync(string room, string role)
        {
            HubClient client = await HubClient.OpenAsync(_server);
            members.Add(client);
            string? error = (await client.JoinAsync(room, role)).Error;
            return error
                ?? (await client.CallAsync("Offer", new JsonObject { ["sdp"] = role == "phone" ? Offers.Phone() : Offers.Viewer() })).Error;
        }

        Assert.Null(await JoinAsync("one", "phone"));
        Assert.StartsWith(
            "limit_reached: The server's limit Rooms:PhonesPerRoom=1", await JoinAsync("one", "phone"), StringComparison.Ordinal);
        Assert.Null(await JoinAsync("one", "viewer"));
        Assert.Null(await JoinAsync("one", "viewer"));
        Assert.Null(await JoinAsync("one", "viewer"));
        Assert.StartsWith(
            "limit_reached: The server's limit Rooms:MaxViewersPerRoom=3", await JoinAsync("one", "viewer"), StringComparison.Ordinal);
        Assert.Null(await JoinAsync("two", "phone"));
        Assert.StartsWith("limit_reached: The server's limit Rooms:MaxPeers=5", await JoinAsync("two", "viewer"), StringComparison.Ordinal);

        // One goes: there is a place, but no third room.
        await members[2].CallAsync("Leave");
        Assert.StartsWith(
            "limit_reached: The server's limit Rooms:MaxRooms=2", await JoinAsync("three", "viewer"), StringComparison.Ordinal);
        using HttpResponseMessage whip = await PostAsync("/whip/three", Offers.Phone());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, whip.StatusCode);
        Assert.NotNull(whip.Headers.RetryAfter);
        Assert.Contains(
            "Rooms:MaxRooms=2", JsonDocument.Parse(await whip.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString(),
            StringComparison.Ordinal);
        Assert.Null(await JoinAsync("two", "viewer"));
        Assert.True(await _server.MetricAsync("rtc_refused_total", "reason=\"limit\"") >= 5);

        foreach (HubClient member in members)
        {
            await member.CallAsync("Leave");
            await member.DisposeAsync();
        }

        await _server.UntilNoRoomAsync();
    }

    [Fact]
    public async Task Messages_and_descriptions_are_measured()
    {
        await using HubClient client = await HubClient.OpenAsync(_server);
        await client.JoinAsync("sizes");

        // As long as a message may be, with its frame around it; then one byte more.
        const int Frame = 200;
        HubAnswer taken = await client.CallAsync(
            "Offer", new JsonObject { ["sdp"] = "", ["more"] = new string('x', MessageBytes + SdpBytes - Frame) });
        Assert.Equal("bad_sdp", taken.Code);
        Assert.Equal("sdp_too_large", (await client.CallAsync("Offer", new JsonObject { ["sdp"] = new string('x', SdpBytes + 1) })).Code);
        await client.SendTextAsync(new string('x', MessageBytes + SdpBytes + 1));
        Assert.StartsWith(
            $"message_too_large: A message may have {MessageBytes + SdpBytes} bytes (Limits:MessageBytes", await client.Closed,
            StringComparison.Ordinal);

        using HttpResponseMessage largest = await PostAsync("/whep/sizes", new string('x', SdpBytes));
        using HttpResponseMessage larger = await PostAsync("/whep/sizes", new string('x', SdpBytes + 1));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge), (largest.StatusCode, larger.StatusCode));
        Assert.Contains("Limits:SdpBytes", await larger.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/sdp"));
        return await _server.Http.PostAsync(path, content);
    }
}
