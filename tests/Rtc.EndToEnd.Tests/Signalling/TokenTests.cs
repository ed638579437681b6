using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rtc.Server.Authorization;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>
/// A server that faces the internet: nobody comes in without a token that is good for this room, this role and this hour.
/// </summary>
public sealed class TokenTests : IAsyncLifetime
{
    private const string TokenKey = "a-token-key-of-more-than-thirty-two-characters";
    private const string ApiKey = "an-api-key-of-sixteen-and-more";
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await ServerProcess.StartAsync(["--model", "motion", "--public"], new Dictionary<string, string>
        {
            ["RTC__Auth__TokenKey"] = TokenKey,
            ["RTC__Auth__ApiKey"] = ApiKey,
            ["RTC__Media__IceServers__0__Urls"] = "turn:turn.example.org:3478",
            ["RTC__Media__IceServers__0__Username"] = "user",
            ["RTC__Media__IceServers__0__Credential"] = "turn-password",
        });

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Tokens_open_their_room_to_their_role_until_they_expire()
    {
        string phone = Token("mine", JoinRole.Phone);
        string viewer = Token("mine", JoinRole.Viewer);
        (string Room, string Role, string? Token, string? Code, int Status)[] cases =
        [
            ("mine", "phone", phone, null, 201),
            ("mine", "viewer", phone, null, 201),
            ("mine", "viewer", viewer, null, 201),
            ("mine", "phone", viewer, "forbidden", 403),
            ("other", "viewer", viewer, "forbidden", 403),
            ("mine2", "phone", phone, "forbidden", 403),
            ("mine", "viewer", null, "token_required", 401),
            ("mine", "viewer", "", "token_required", 401),
            ("mine", "viewer", Token("mine", JoinRole.Viewer, minutes: -1), "token_expired", 401),
            ("mine", "phone", Token("mine", JoinRole.Phone, minutes: -100_000), "token_expired", 401),
            ("mine", "viewer", Token("mine", JoinRole.Viewer, key: "another-key-of-more-than-thirty-two-characters"), "token_invalid", 401),
            ("mine", "viewer", Tampered(viewer, 1), "token_invalid", 401),
            ("mine", "viewer", Tampered(viewer, 14), "token_invalid", 401),
            ("mine", "viewer", Tampered(viewer, viewer.Length - 3), "token_invalid", 401),
            ("mine", "viewer", viewer[..^4], "token_invalid", 401),
            ("mine", "viewer", viewer + "AAAA", "token_invalid", 401),
            ("mine", "viewer", "nonsense", "token_invalid", 401),
            ("mine", "viewer", new string('A', 5000), "token_invalid", 401),
            ("mine", "viewer", TokenKey, "token_invalid", 401),
        ];
        foreach ((string room, string role, string? token, string? code, int status) in cases)
        {
            await using (HubClient client = await HubClient.OpenAsync(_server))
            {
                Assert.Equal(code, (await client.JoinAsync(room, role, token)).Code);
                await client.CallAsync("Leave");
            }

            // A header line of 5,000 characters is for the web host to judge.
            if (token is null or { Length: < 1000 })
            {
                using HttpResponseMessage answer = await PostAsync(
                    $"/{(role == "phone" ? "whip" : "whep")}/{room}", role == "phone" ? Offers.Phone() : Offers.Viewer(), token);
                Assert.Equal(status, (int)answer.StatusCode);
                Assert.Equal(
                    code, answer.IsSuccessStatusCode ? null : JsonDocument.Parse(
                        await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("title").GetString());
                Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.Count > 0);
                if (answer.Headers.Location is { } session)
                {
                    (await _server.Http.DeleteAsync(session)).Dispose();
                }
            }
        }

        Assert.DoesNotContain(TokenKey, _server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(ApiKey, _server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_api_key_administers()
    {
        foreach (string? key in (string?[])[null, "", "wrong", ApiKey + "x", ApiKey[..^1], TokenKey])
        {
            using HttpResponseMessage metrics = await SendAsync(HttpMethod.Get, "/metrics", key);
            using HttpResponseMessage token = await SendAsync(
                HttpMethod.Post, "/api/tokens", key, JsonContent.Create(new { room = "made", role = "viewer" }));
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (metrics.StatusCode, token.StatusCode));
        }

        using HttpResponseMessage made = await SendAsync(
            HttpMethod.Post, "/api/tokens", ApiKey, JsonContent.Create(new { room = "made", role = "viewer", minutes = 5 }));
        string issued = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        using HttpResponseMessage page = await SendAsync(HttpMethod.Get, "/metrics", ApiKey);
        await using HubClient client = await HubClient.OpenAsync(_server);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("forbidden", (await client.JoinAsync("made", "phone", issued)).Code);
        Assert.Null((await client.JoinAsync("made", "viewer", issued)).Error);

        // A stranger learns of no room, neither by the list nor by its name.
        Assert.Equal("[]", await _server.Http.GetStringAsync("/api/rooms"));
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Http.GetAsync("/api/rooms/made")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Http.GetAsync("/api/rooms/made/thumbnail.jpg")).StatusCode);
        using HttpResponseMessage seen = await SendAsync(HttpMethod.Get, "/api/rooms/made", issued);
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
    }

    [Fact]
    public async Task Turn_password_is_given_only_with_the_right_to_join()
    {
        using HttpResponseMessage stranger = await SendAsync(HttpMethod.Options, "/whep/mine", null);
        using HttpResponseMessage friend = await SendAsync(HttpMethod.Options, "/whep/mine", Token("mine", JoinRole.Viewer));
        using HttpResponseMessage created = await PostAsync("/whep/mine", Offers.Viewer(), Token("mine", JoinRole.Viewer));
        const string Link =
            "<turn:turn.example.org:3478>; rel=\"ice-server\"; username=\"user\"; credential=\"turn-password\"; "
                + "credential-type=\"password\"";

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (stranger.StatusCode, friend.StatusCode));
        Assert.False(stranger.Headers.Contains("Link"));
        Assert.Equal(Link, Assert.Single(friend.Headers.GetValues("Link")));
        Assert.Equal(Link, Assert.Single(created.Headers.GetValues("Link")));
        (await _server.Http.DeleteAsync(created.Headers.Location)).Dispose();
    }

    private static string Token(string room, JoinRole role, int minutes = 10, string key = TokenKey) =>
        JoinToken.Create(Encoding.UTF8.GetBytes(key), room, role, DateTimeOffset.UtcNow.AddMinutes(minutes));

    private static string Tampered(string token, int at) => token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];

    private Task<HttpResponseMessage> PostAsync(string path, string offer, string? token) =>
        SendAsync(HttpMethod.Post, path, token, new StringContent(offer, Encoding.UTF8, new MediaTypeHeaderValue("application/sdp")));

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? bearer, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (bearer is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        }

        return await _server.Http.SendAsync(request);
    }
}
