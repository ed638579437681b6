using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Pipeline.Settings;
using Rtc.Server.Authorization;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Rules;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Tests.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Routes;

/// <summary>Rules of a room over HTTP: kept, listed, replaced, deleted, refused, and there again after the next start.</summary>
public sealed class RuleRoutesTests : IDisposable
{
    private const string All = "/api/rooms/demo/rules";
    private const string Door = """
        {"name":"At the door","when":"zone_entered","zone":"door","points":[[0.1,0.1],[0.5,0.1],[0.5,0.9]],"classes":["person"],
         "confidence":0.4,"cooldown_seconds":2,"schedule":{"days":["mon"],"from":"08:00","to":"18:00","time_zone":"UTC"},
         "actions":{"mqtt":true,"record":{"before":2,"after":3}}}
        """;

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task Rule_is_there_after_the_next_start()
    {
        await using (RunningHost host = await StartAsync())
        {
            Assert.Empty((await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Get, All))["rules"]!.AsArray());
            JsonNode made = await JsonAsync(host, HttpStatusCode.Created, HttpMethod.Put, All + "/door", Door);
            Assert.Equal(("door", "At the door", "any", "5"), (
                made["rule_id"]!.ToString(), made["name"]!.ToString(), made["direction"]!.ToString(), made["seconds"]!.ToString()));
            await JsonAsync(
                host, HttpStatusCode.OK, HttpMethod.Put, All + "/door", Door.Replace("At the", "By the", StringComparison.Ordinal));
            await JsonAsync(host, HttpStatusCode.Created, HttpMethod.Put, All + "/gone", """{"when":"class_gone","classes":["dog"]}""");
            await JsonAsync(host, HttpStatusCode.NoContent, HttpMethod.Delete, All + "/gone");
            await JsonAsync(host, HttpStatusCode.NotFound, HttpMethod.Delete, All + "/gone");
        }

        await using RunningHost again = await StartAsync();
        RuleBook book = again.App.Services.GetRequiredService<RuleBook>();
        await Patience.UntilAsync(() => book.All.Count > 0);
        JsonNode kept = Assert.Single((await JsonAsync(again, HttpStatusCode.OK, HttpMethod.Get, All))["rules"]!.AsArray())!;
        Assert.Equal("By the door", kept["name"]!.ToString());
        Assert.Equal("08:00", kept["schedule"]!["from"]!.ToString());
        Assert.Equal("3", kept["actions"]!["record"]!["after"]!.ToString());
        Assert.Equal(3, kept["points"]!.AsArray().Count);
    }

    [Fact]
    public async Task Rule_takes_the_place_of_its_zone_from_the_room()
    {
        await using RunningHost host = await StartAsync();
        RoomRegistry rooms = host.App.Services.GetRequiredService<RoomRegistry>();
        Assert.Null((await rooms.JoinAsync(new JoinRequest { Room = "demo", Role = "phone" }, new RecordingLink(), "127.0.0.1")).Refusal);
        Room room = (await rooms.FindRoomAsync("demo"))!;
        Assert.Null(room.Pipeline.TryConfigure(
            room.Pipeline.Settings with { Lines = [new TripLine("gate", new(0.5f, 0), new(0.5f, 1))] }));
        JsonNode made = await JsonAsync(
            host, HttpStatusCode.Created, HttpMethod.Put, All + "/gate", """{"when":"line_crossed","zone":"gate"}""");
        Assert.Equal(2, made["points"]!.AsArray().Count);
        await JsonAsync(host, HttpStatusCode.BadRequest, HttpMethod.Put, All + "/gate2", """{"when":"line_crossed","zone":"wall"}""");
    }

    [Theory]
    [InlineData("""{}""", "when")]
    [InlineData("""{"when":"everything"}""", "when")]
    [InlineData("""{"when":"zone_entered"}""", "zone")]
    [InlineData("""{"when":"zone_entered","zone":"a","points":[[0,0],[1,0]]}""", "zone")]
    [InlineData("""{"when":"line_crossed","zone":"a","points":[[0,0],[0,0]]}""", "line")]
    [InlineData("""{"when":"dwell","seconds":0}""", "seconds")]
    [InlineData("""{"when":"count","count":-1}""", "count")]
    [InlineData("""{"when":"count","confidence":2}""", "confidence")]
    [InlineData("""{"when":"count","classes":[""]}""", "class")]
    [InlineData("""{"when":"count","points":[[0]]}""", "point")]
    [InlineData("""{"when":"count","direction":"up"}""", "direction")]
    [InlineData("""{"when":"count","schedule":{"from":"8"}}""", "08:00")]
    [InlineData("""{"when":"count","schedule":{"days":["monday"]}}""", "days")]
    [InlineData("""{"when":"count","schedule":{"time_zone":"Nowhere/At_All"}}""", "time_zone")]
    [InlineData("""{"when":"count","actions":{"webhook":"file:///etc/passwd"}}""", "webhook")]
    [InlineData("""{"when":"count","actions":{"webhook":"https://a.example"}}""", "Jobs:WebhookKey")]
    [InlineData("""{"when":"count","actions":{"webhook":"https://a.example/\u0000"}}""", "webhook is")]
    [InlineData("""{"when":"count","actions":{"record":{"before":31}}}""", "record")]
    [InlineData("""{"when":"count","name":"\u0007"}""", "name")]
    public async Task Rule_that_is_wrong_is_refused_with_the_reason(string rule, string why)
    {
        await using RunningHost host = await StartAsync();
        JsonNode refused = await JsonAsync(host, HttpStatusCode.BadRequest, HttpMethod.Put, All + "/one", rule);
        Assert.Contains(why, refused["detail"]!.ToString(), StringComparison.Ordinal);
        Assert.Empty(host.App.Services.GetRequiredService<RuleBook>().All);
    }

    [Fact]
    public async Task Room_takes_no_more_rules_than_it_may()
    {
        await using RunningHost host = await StartAsync(events: new EventOptions { MaxRulesPerRoom = 1 });
        await JsonAsync(host, HttpStatusCode.Created, HttpMethod.Put, All + "/a", """{"when":"count"}""");
        JsonNode refused = await JsonAsync(host, HttpStatusCode.Conflict, HttpMethod.Put, All + "/b", """{"when":"count"}""");
        Assert.Contains("Events:MaxRulesPerRoom", refused["detail"]!.ToString(), StringComparison.Ordinal);
        await JsonAsync(host, HttpStatusCode.BadRequest, HttpMethod.Put, "/api/rooms/no%20room/rules/a", """{"when":"count"}""");
        await JsonAsync(host, HttpStatusCode.BadRequest, HttpMethod.Put, All + "/no%20id", """{"when":"count"}""");
    }

    [Fact]
    public async Task Rules_are_changed_by_operators_and_seen_by_who_may_watch()
    {
        const string TokenKey = "a-token-key-of-more-than-thirty-two-characters";
        const string ApiKey = "an-api-key-of-sixteen-and-more";
        await using RunningHost host = await StartAsync(
            auth: new AuthOptions { TokenKey = TokenKey, ApiKey = ApiKey }, jobs: new() { WebhookKey = "a-key-of-more-than-sixteen" });
        await JsonAsync(host, HttpStatusCode.Forbidden, HttpMethod.Put, All + "/a", """{"when":"count"}""");
        string watcher = Token(TokenKey, "demo", JoinRole.Viewer);
        string operating = Token(TokenKey, "demo", JoinRole.Operator);
        await JsonAsync(host, HttpStatusCode.Forbidden, HttpMethod.Put, All + "/a?token=" + watcher, """{"when":"count"}""");
        const string Rule = """{"when":"count","actions":{"webhook":"https://a.example/secret"}}""";
        await JsonAsync(host, HttpStatusCode.Created, HttpMethod.Put, All + "/a?token=" + operating, Rule);
        await JsonAsync(host, HttpStatusCode.NotFound, HttpMethod.Get, All);
        Assert.DoesNotContain("secret", await TextAsync(host, watcher), StringComparison.Ordinal);
        Assert.Contains("secret", await TextAsync(host, operating), StringComparison.Ordinal);
        await JsonAsync(host, HttpStatusCode.NotFound, HttpMethod.Get, "/api/rooms/hall/rules?token=" + watcher);
        await JsonAsync(host, HttpStatusCode.Forbidden, HttpMethod.Delete, All + "/a?token=" + watcher);
        await JsonAsync(host, HttpStatusCode.NoContent, HttpMethod.Delete, All + "/a?token=" + operating);
    }

    [Theory]
    [InlineData("PUT", All + "/a", "{")]
    [InlineData("PUT", "/api/rooms/demo/model", "{")]
    [InlineData("POST", "/api/rooms/demo/recording", "{")]
    [InlineData("POST", "/api/rooms/demo/recording", "{\"view\":\"none\"}")]
    [InlineData("POST", "/api/rooms/demo/links", "{")]
    [InlineData("POST", "/api/rooms/demo/links", "{\"rights\":\"none\"}")]
    public async Task Bad_body_is_told_to_nobody_who_may_not_change_the_room(string method, string at, string body)
    {
        const string TokenKey = "a-token-key-of-more-than-thirty-two-characters";
        await using RunningHost host = await StartAsync(auth: new AuthOptions { TokenKey = TokenKey, ApiKey = "an-api-key-of-sixteen" });
        await JsonAsync(host, HttpStatusCode.Forbidden, new HttpMethod(method), at, body);
        string operating = Token(TokenKey, "demo", JoinRole.Operator);
        await JsonAsync(host, HttpStatusCode.BadRequest, new HttpMethod(method), $"{at}?token={operating}", body);
    }

    private static async Task<string> TextAsync(RunningHost host, string token) =>
        (await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Get, All + "?token=" + token)).ToJsonString();

    private static string Token(string key, string room, JoinRole role) =>
        JoinToken.Create(Encoding.UTF8.GetBytes(key), room, role, DateTimeOffset.UtcNow.AddHours(1));

    private Task<RunningHost> StartAsync(
        EventOptions? events = null, AuthOptions? auth = null, JobOptions? jobs = null) => RunningHost.StartAsync(
        RunningHost.Options with
        {
            Events = events ?? new EventOptions(),
            Auth = auth ?? new AuthOptions(),
            Jobs = jobs ?? new JobOptions(),
            Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
        });

    private static Task<JsonNode> JsonAsync(
        RunningHost host, HttpStatusCode expected, HttpMethod method, string path, string? body = null) =>
        host.JsonAsync(expected, method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"));
}
