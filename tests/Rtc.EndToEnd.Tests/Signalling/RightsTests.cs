using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rtc.Bench;
using Rtc.Server.Authorization;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>What the holder of each kind of token may do on a running server, and whose place it takes.</summary>
public sealed class RightsTests : IAsyncLifetime
{
    private const string TokenKey = "a-token-key-of-more-than-thirty-two-characters";
    private readonly HttpClient _http = new() { Timeout = Patience.Time };
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await ServerProcess.StartAsync(["--model", "motion"], new Dictionary<string, string>
        {
            ["RTC__Auth__TokenKey"] = TokenKey,
            ["RTC__Auth__ApiKey"] = "an-api-key-of-sixteen-and-more",
            ["RTC__Limits__MaxPendingRooms"] = "32",
            ["RTC__Rooms__MaxRooms"] = "50",
        });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_watcher_only_watches_and_in_privacy_not_the_source()
    {
        string watcher = Token("rights", JoinRole.Viewer);
        await using HubClient operating = await HubClient.OpenAsync(_server);
        JsonElement joined = (await operating.JoinAsync("rights", "viewer", Token("rights", JoinRole.Operator))).Result;
        await using HubClient watching = await HubClient.OpenAsync(_server);
        JsonElement watches = (await watching.JoinAsync("rights", "viewer", watcher, view: "source")).Result;

        Assert.Equal(("operator", "watcher"), (joined.GetProperty("rights").GetString(), watches.GetProperty("rights").GetString()));
        Assert.Equal("forbidden", (await watching.CallRawAsync("Configure", """[{"mode":"plain"}]""")).Code);
        Assert.Equal("forbidden", (await watching.CallRawAsync("Select", """[{"x":0.5,"y":0.5}]""")).Code);
        Assert.Equal("forbidden", (await watching.CallAsync("Release")).Code);
        Assert.Null((await operating.CallRawAsync("Configure", """[{"mode":"privacy"}]""")).Error);
        Assert.Equal("view_changed", (await watching.PushedAsync("notice")).GetProperty("code").GetString());
        Assert.Equal("""{"type":"settings","mode":"privacy"}""", (await watching.PushedAsync("settings")).GetRawText());

        await using HubClient late = await HubClient.OpenAsync(_server);
        Assert.Equal("view_forbidden", (await late.JoinAsync("rights", "viewer", watcher, view: "source")).Code);
        Assert.Equal((403, "view_forbidden"), await WhepAsync("/whep/rights?view=source", watcher));
        Assert.Equal((403, "forbidden"), await WhepAsync("/whep/rights?mode=plain", watcher));
        Assert.Equal((201, null), await WhepAsync("/whep/rights", watcher));

        // Nor is an operator shown the source, or lifts what another one set; a supervisor may.
        string another = Token("rights", JoinRole.Operator, minutes: 11);
        Assert.Equal((403, "view_forbidden"), await WhepAsync("/whep/rights?view=source", another));
        Assert.Equal((403, "privacy_guarded"), await WhepAsync("/whep/rights?mode=plain", another));
        Assert.Equal((201, null), await WhepAsync("/whep/rights?mode=plain", Token("rights", JoinRole.Supervisor)));
        Assert.Equal((201, null), await WhepAsync("/whep/rights?view=source", watcher));
    }

    [Fact]
    public async Task A_crashed_phone_takes_its_own_place_at_once()
    {
        string token = Token("crash", JoinRole.Phone);
        HubClient crashed = await HubClient.OpenAsync(_server);
        await crashed.JoinAsync("crash", "phone", token);
        BenchPhone phone = await MediaClient.PublishAsync(crashed, _http);

        // Its sockets stay open and nothing is said: what a server sees of a crash.
        await using HubClient other = await HubClient.OpenAsync(_server);
        Assert.Equal("limit_reached", (await other.JoinAsync("crash", "phone", Token("crash", JoinRole.Phone, minutes: 11))).Code);
        await using HubClient back = await HubClient.OpenAsync(_server);
        Assert.Null((await back.JoinAsync("crash", "phone", token)).Error);
        await using BenchPhone returned = await MediaClient.PublishAsync(back, _http);
        long received = (await RoomAsync("crash")).GetProperty("received").GetInt64();
        await ServerState.UntilAsync(
            "no picture of the phone that came back",
            async () => (await RoomAsync("crash")).GetProperty("received").GetInt64() > received + 5);

        Assert.Equal(1, (await RoomAsync("crash")).GetProperty("phones").GetInt32());
        await phone.DisposeAsync();
        await crashed.DisposeAsync();
    }

    [Fact]
    public async Task Joins_without_an_offer_hold_no_room()
    {
        var silent = new List<HubClient>();
        for (int i = 0; i < 32; i++)
        {
            silent.Add(await HubClient.OpenAsync(_server));
            Assert.Null((await silent[^1].JoinAsync($"silent-{i}", "phone", Token($"silent-{i}", JoinRole.Phone))).Error);
        }

        await using HubClient another = await HubClient.OpenAsync(_server);
        Assert.StartsWith(
            "limit_reached: The server's limit Limits:MaxPendingRooms=32",
            (await another.JoinAsync("silent-33", "phone", Token("silent-33", JoinRole.Phone))).Error, StringComparison.Ordinal);
        using HttpResponseMessage whip = await PostAsync("/whip/real", Offers.Phone(), Token("real", JoinRole.Phone));
        Assert.Equal(HttpStatusCode.Created, whip.StatusCode);

        // A phone has ten seconds for its offer.
        Assert.Equal("no_offer", (await silent[0].PushedAsync("notice")).GetProperty("code").GetString());
        Assert.Null((await another.JoinAsync("silent-33", "phone", Token("silent-33", JoinRole.Phone))).Error);
        Assert.Null((await another.CallAsync("Offer", new JsonObject { ["sdp"] = Offers.Phone() })).Error);
        foreach (HubClient client in silent)
        {
            await client.DisposeAsync();
        }
    }

    private static string Token(string room, JoinRole role, int minutes = 10) =>
        JoinToken.Create(Encoding.UTF8.GetBytes(TokenKey), room, role, DateTimeOffset.UtcNow.AddMinutes(minutes));

    private async Task<JsonElement> RoomAsync(string room)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/rooms/{room}?token={Token(room, JoinRole.Viewer)}");
        using HttpResponseMessage answer = await _server.Http.SendAsync(request);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    private async Task<(int Status, string? Title)> WhepAsync(string path, string token)
    {
        using HttpResponseMessage answer = await PostAsync(path, Offers.Viewer(), token);
        string? title = answer.IsSuccessStatusCode
            ? null
            : JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("title").GetString();
        return ((int)answer.StatusCode, title);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string offer, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(offer, Encoding.UTF8, new MediaTypeHeaderValue("application/sdp")),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _server.Http.SendAsync(request);
    }
}
