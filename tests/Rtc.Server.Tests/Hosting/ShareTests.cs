using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rtc.Server.Authorization;
using Rtc.Server.Hosting;
using Rtc.Server.Options;
using Rtc.Signaling;

namespace Rtc.Server.Tests.Hosting;

public sealed class ShareTests
{
    private const string Key = "a key of at least thirty-two characters";

    private static RtcOptions Guarded { get; } =
        RunningHost.Options with { Auth = new AuthOptions { TokenKey = Key, ApiKey = "an api key of sixteen" } };

    [Fact]
    public async Task Operator_hands_on_what_it_has_and_no_longer_than_it_has_it()
    {
        await using RunningHost host = await RunningHost.StartAsync(Guarded);
        DateTimeOffset end = DateTimeOffset.UtcNow.AddMinutes(30);
        string own = Token("demo", JoinRole.Operator, end);

        foreach ((string rights, string page, JoinRole role) in new[] { ("camera", "/phone", JoinRole.Phone),
            ("operator", "/view", JoinRole.Viewer), ("watcher", "/view", JoinRole.Viewer) })
        {
            JsonElement link = await LinkAsync(host, "demo", own, rights, minutes: 600);
            var url = new Uri(link.GetProperty("url").GetString()!);
            string token = System.Web.HttpUtility.ParseQueryString(url.Query)["token"]!;

            Assert.Equal(page, url.AbsolutePath);
            Assert.Equal(TokenVerdict.Accepted, JoinToken.Check(Encoding.UTF8.GetBytes(Key), token, "demo", role, DateTimeOffset.UtcNow));
            Assert.Equal(TokenVerdict.Expired, JoinToken.Check(Encoding.UTF8.GetBytes(Key), token, "demo", role, end.AddSeconds(2)));
            Assert.StartsWith("/api/qr.svg?text=", link.GetProperty("qr_svg_url").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("watcher", HttpStatusCode.OK)]
    [InlineData("operator", HttpStatusCode.Forbidden)]
    [InlineData("camera", HttpStatusCode.Forbidden)]
    public async Task Watcher_makes_links_for_watchers_only(string rights, HttpStatusCode status)
    {
        await using RunningHost host = await RunningHost.StartAsync(Guarded);
        using HttpResponseMessage answer =
            await AskAsync(host, "demo", Token("demo", JoinRole.Viewer, DateTimeOffset.UtcNow.AddHours(1)), rights, 60);

        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData(JoinRole.Operator)]
    [InlineData(JoinRole.Supervisor)]
    public async Task No_token_makes_links_that_lift_privacy(JoinRole own)
    {
        await using RunningHost host = await RunningHost.StartAsync(Guarded);
        using HttpResponseMessage answer =
            await AskAsync(host, "demo", Token("demo", own, DateTimeOffset.UtcNow.AddHours(1)), "supervisor", 60);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Nobody_makes_links_for_a_room_without_a_token_for_it()
    {
        await using RunningHost host = await RunningHost.StartAsync(Guarded);
        string other = Token("other", JoinRole.Operator, DateTimeOffset.UtcNow.AddHours(1));
        foreach (string? token in (string?[])[null, "nonsense", other])
        {
            using HttpResponseMessage answer = await AskAsync(host, "demo", token, "watcher", 60);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Open_server_gives_links_without_tokens()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        JsonElement link = await LinkAsync(host, "demo", null, "camera", 60);

        Assert.EndsWith("/phone?room=demo", link.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, link.GetProperty("expires").ValueKind);
    }

    [Fact]
    public void Token_of_a_room_opens_its_further_cameras_and_no_other_room()
    {
        var access = new Access(Guarded, TimeProvider.System);
        string token = Token("demo", JoinRole.Operator, DateTimeOffset.UtcNow.AddHours(1));

        Assert.Equal(TokenVerdict.Accepted, access.CheckJoin(token, "demo.2", JoinRole.Viewer, out Rights rights));
        Assert.Equal(Rights.Operator, rights);
        Assert.Equal(TokenVerdict.OtherRoom, access.CheckJoin(token, "demo.23", JoinRole.Viewer));
        Assert.Equal(TokenVerdict.OtherRoom, access.CheckJoin(token, "demo2", JoinRole.Viewer));
        Assert.Equal(TokenVerdict.OtherRole, access.CheckJoin(token, "demo.2", JoinRole.Phone));
        Assert.Equal(TokenVerdict.OtherRoom,
            access.CheckJoin(Token("demo.2", JoinRole.Viewer, DateTimeOffset.UtcNow.AddHours(1)), "demo", JoinRole.Viewer));
    }

    private static string Token(string room, JoinRole role, DateTimeOffset end) =>
        JoinToken.Create(Encoding.UTF8.GetBytes(Key), room, role, end);

    private static async Task<JsonElement> LinkAsync(RunningHost host, string room, string? token, string rights, int minutes)
    {
        using HttpResponseMessage answer = await AskAsync(host, room, token, rights, minutes);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<HttpResponseMessage> AskAsync(RunningHost host, string room, string? token, string rights, int minutes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post,
            new Uri($"/api/rooms/{room}/links", UriKind.Relative)) { Content = JsonContent.Create(new { rights, minutes }) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await host.Client.SendAsync(request);
    }
}
