using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Rtc.Server.Authorization;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>Every operation of the OpenAPI document is called on running servers and answers as the document says.</summary>
public sealed class OpenApiAnswerTests : IAsyncLifetime
{
    private const string TokenKey = "a-token-key-of-more-than-thirty-two-characters";
    private const string ApiKey = "an-api-key-of-sixteen-and-more";
    private const string Sdp = "application/sdp";
    private const string Fragment = "application/trickle-ice-sdpfrag";
    private const string Candidate = "a=mid:0\r\na=candidate:1 1 udp 2130706431 192.0.2.1 61764 typ host\r\n";
    private readonly HashSet<string> _called = [];
    private ServerProcess _server = null!;
    private DirectoryInfo? _state;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _state?.Delete(recursive: true);
    }

    [Fact]
    public async Task Open_server_answers_every_operation_as_documented()
    {
        _state = Directory.CreateTempSubdirectory("rtc-state-");
        _server = await ServerProcess.StartAsync(
            ["--model", "motion"], new Dictionary<string, string> { ["RTC__Http__StateDirectory"] = _state.FullName });
        await KeysAsync();
        await PageSessionAsync();
        await JobsAsync("/api/jobs");
        await JobsAsync("/jobs");
        await VideosAsync();
        await StudioAsync();
        await EventsAsync();
        foreach ((string path, string offer) in ((string, string)[])[("whip", Offers.Phone()), ("whep", Offers.Viewer())])
        {
            await SessionAsync(path, offer);
        }

        await CallAsync(400, "GET", "/ws");
        await ModelsAsync();
        await CallAsync(404, "GET", "/models/{name}.onnx", "/models/nothing.onnx");
        await CallAsync(200, "GET", "/api/models/pull");
        await CallAsync(404, "POST", "/api/models/{name}/pull", "/api/models/nothing/pull");
        await CallAsync(200, "DELETE", "/api/models/pull");
        await CallAsync(200, "GET", "/api/cluster");
        await CallAsync(404, "GET", "/cluster/{page}", "/cluster/");
        await CallAsync(404, "POST", "/api/cluster/drain", "/api/cluster/drain?node=nobody");
        await CallAsync(200, "GET", "/api/join-info");
        await CallAsync(200, "GET", "/api/qr.svg", "/api/qr.svg?text=hello");
        await CallAsync(400, "GET", "/api/qr.svg");
        await CallAsync(200, "GET", "/api/echo", "/api/echo?bytes=1000");
        await CallAsync(200, "POST", "/api/echo", body: "0123456789", type: "application/octet-stream");
        await CallAsync(200, "POST", "/api/echo", body: new string('x', 1 << 20), type: "application/octet-stream");
        await CallAsync(413, "POST", "/api/echo", body: new string('x', (1 << 20) + 1), type: "application/octet-stream");
        await CallAsync(403, "POST", "/api/echo", body: "0", type: "application/octet-stream", origin: "https://elsewhere.example");
        await CallAsync(200, "GET", "/api/health");
        await CallAsync(200, "GET", "/api/health/live");
        await CallAsync(200, "GET", "/api/health/ready");
        await CallAsync(200, "GET", "/metrics");
        await CallAsync(409, "POST", "/api/tokens", body: """{"room":"demo","role":"phone"}""", type: "application/json");
        await CallAsync(400, "POST", "/api/tokens", body: "{", type: "application/json");
        await CallAsync(415, "POST", "/api/tokens", body: "{}", type: "text/plain");
        Assert.Equal(DocumentedAnswer.Operations.Order(), _called.Order());
    }

    private async Task ModelsAsync()
    {
        const string Json = "application/json";
        await CallAsync(200, "GET", "/api/models");
        await CallAsync(415, "POST", "/api/models", body: "{}", type: Json);
        await CallAsync(400, "POST", "/api/models", body: "--x--\r\n", type: "multipart/form-data; boundary=x");
        await CallAsync(404, "DELETE", "/api/models/{name}", "/api/models/nothing");
        await CallAsync(404, "POST", "/api/models/{name}/measure", "/api/models/nothing/measure");
        await CallAsync(200, "POST", "/api/models/{name}/measure", "/api/models/motion/measure");
        await CallAsync(404, "GET", "/api/rooms/{room}/model", "/api/rooms/nobody/model");
        await CallAsync(404, "PUT", "/api/rooms/{room}/model", "/api/rooms/nobody/model", """{"model":"motion"}""", Json);
        await CallAsync(409, "PUT", "/api/rooms/{room}/model", "/api/rooms/nobody/model", """{"model":"nothing"}""", Json);
        await CallAsync(400, "PUT", "/api/rooms/{room}/model", "/api/rooms/no%20room/model", """{"model":"motion"}""", Json);
        await CallAsync(415, "PUT", "/api/rooms/{room}/model", "/api/rooms/nobody/model", "x", "text/plain");
    }

    private async Task KeysAsync()
    {
        using HttpResponseMessage made =
            await CallAsync(201, "POST", "/api/keys", body: """{"email":"a@example.org","name":"laptop"}""", type: "application/json");
        string key = JsonNode.Parse(await made.Content.ReadAsStringAsync())!["key_id"]!.ToString();
        await CallAsync(400, "POST", "/api/keys", body: "{}", type: "application/json");
        await CallAsync(200, "GET", "/api/keys");
        await CallAsync(204, "DELETE", "/api/keys/{id}", $"/api/keys/{key}");
        await CallAsync(404, "DELETE", "/api/keys/{id}", $"/api/keys/{Guid.NewGuid()}");
    }

    private async Task PageSessionAsync()
    {
        await CallAsync(200, "GET", "/api/session");
        await CallAsync(400, "POST", "/api/session");
        await CallAsync(401, "POST", "/api/session", bearer: "vr_no");
        await CallAsync(403, "POST", "/api/session", origin: "https://elsewhere.example");
        await CallAsync(204, "DELETE", "/api/session");
    }

    private async Task VideosAsync()
    {
        const string One = "/api/videos/{id}";
        string none = $"/api/videos/{Guid.NewGuid()}";
        await CallAsync(200, "GET", "/api/videos");
        await CallAsync(400, "GET", "/api/videos", "/api/videos?limit=0");
        await CallAsync(415, "POST", "/api/videos", body: "{}", type: "application/json");
        await CallAsync(400, "POST", "/api/videos", "/api/videos?resumable=1");
        await CallAsync(404, "GET", One, none);
        await CallAsync(404, "HEAD", One, none);
        await CallAsync(415, "PATCH", One, none, "x", "text/plain");
        await CallAsync(404, "DELETE", One, none);
        foreach (string found in (string[])
            ["/file", "/sidecar", "/thumbnail.jpg", "/detections", "/masks", "/tracks", "/scenes", "/export"])
        {
            await CallAsync(404, "GET", One + found, none + found);
        }

        await CallAsync(404, "GET", One + "/tracks/{track_id}", none + "/tracks/obj_001");
        await CallAsync(400, "GET", One + "/detections", none + "/detections?limit=0");
        await CallAsync(400, "GET", One + "/export", none + "/export?format=exe");
        foreach (string still in (string[])["/api/detect", "/api/segment"])
        {
            await CallAsync(400, "POST", still, body: "no picture", type: "image/jpeg");
        }
    }

    private async Task StudioAsync()
    {
        foreach (string kind in (string[])["track-point", "text-to-video", "remove-object"])
        {
            await CallAsync(415, "POST", $"/api/{kind}", body: "{}", type: "application/json");
        }

        string none = Guid.NewGuid().ToString();
        const string Preview = "/api/preview-mask";
        await CallAsync(404, "POST", Preview, body: $$"""{"video_id":"{{none}}","x":50,"y":50}""", type: "application/json");
        await CallAsync(400, "POST", Preview, body: $$"""{"video_id":"{{none}}","x":101,"y":50}""", type: "application/json");
        await CallAsync(415, "POST", Preview, body: "x", type: "text/plain");
        await CallAsync(404, "GET", "/api/task/{id}", $"/api/task/{none}");
        await CallAsync(404, "DELETE", "/api/task/{id}", $"/api/task/{none}");
        await CallAsync(404, "GET", "/uploads/{id}/{name}", $"/uploads/{none}/masks.json");
    }

    private async Task EventsAsync()
    {
        const string All = "/api/rooms/{room}/rules";
        const string Json = "application/json";
        await CallAsync(400, "GET", All, "/api/rooms/no%20room/rules");
        await CallAsync(201, "PUT", All + "/{rule}", "/api/rooms/demo/rules/people", """{"when":"count","count":3}""", Json);
        await CallAsync(200, "PUT", All + "/{rule}", "/api/rooms/demo/rules/people", """{"when":"count","count":4}""", Json);
        await CallAsync(400, "PUT", All + "/{rule}", "/api/rooms/demo/rules/people", """{"when":"never"}""", Json);
        await CallAsync(415, "PUT", All + "/{rule}", "/api/rooms/demo/rules/people", "{}", "text/plain");
        await CallAsync(200, "GET", All, "/api/rooms/demo/rules");
        await CallAsync(204, "DELETE", All + "/{rule}", "/api/rooms/demo/rules/people");
        await CallAsync(404, "DELETE", All + "/{rule}", "/api/rooms/demo/rules/people");
        await CallAsync(200, "GET", "/api/events", "/api/events?room=demo");
        await CallAsync(400, "GET", "/api/events", "/api/events?limit=0");
        await CallAsync(200, "GET", "/api/events/export", "/api/events/export?format=csv");
        await CallAsync(400, "GET", "/api/events/export", "/api/events/export?format=exe");
        await CallAsync(400, "GET", "/api/events/stream", "/api/events/stream?after=x");
        await CallAsync(404, "GET", "/api/events/{id}", "/api/events/1");
        await CallAsync(404, "GET", "/api/events/{id}/thumbnail.jpg", "/api/events/1/thumbnail.jpg");
        await CallAsync(404, "DELETE", "/api/events/{id}", "/api/events/1");
    }

    private async Task JobsAsync(string at)
    {
        string none = $"{at}/{Guid.NewGuid()}";
        await CallAsync(200, "GET", at);
        await CallAsync(400, "GET", at, at + "?limit=0");
        await CallAsync(200, "GET", at, $"{at}?video_id={Guid.NewGuid()}");
        await CallAsync(400, "GET", at, at + "?video_id=nothing");
        await CallAsync(401, "GET", at, bearer: "vr_no");
        await CallAsync(400, "POST", at, body: """{"kind":"nothing"}""", type: "application/json");
        await CallAsync(404, "GET", at + "/{id}", none);
        await CallAsync(404, "GET", at + "/{id}/events", none + "/events");
        await CallAsync(404, "GET", at + "/{id}/result", none + "/result");
        await CallAsync(404, "DELETE", at + "/{id}", none);
    }

    /// <summary>From the offer to the end of the session, and what is refused on the way.</summary>
    private async Task SessionAsync(string path, string offer)
    {
        string create = $"/{path}/{{room}}";
        string session = $"/{path}/{{room}}/{{peer}}";
        await CallAsync(415, "POST", create, $"/{path}/live", offer, "text/plain");
        await CallAsync(400, "POST", create, $"/{path}/live", "v=0", Sdp);
        await CallAsync(400, "POST", create, $"/{path}/no%20room", offer, Sdp);
        await CallAsync(413, "POST", create, $"/{path}/live", new string('x', 200_000), Sdp);
        await CallAsync(204, "OPTIONS", create, $"/{path}/live");
        await CallAsync(204, "OPTIONS", session, $"/{path}/live/x");
        using HttpResponseMessage created = await CallAsync(201, "POST", create, $"/{path}/live", offer, Sdp);
        string at = created.Headers.Location!.ToString();
        Assert.StartsWith($"/{path}/live/", at, StringComparison.Ordinal);
        await CallAsync(200, "GET", "/api/rooms");
        await CallAsync(200, "GET", "/api/rooms/{room}", "/api/rooms/live");
        await CallAsync(204, "GET", "/api/rooms/{room}/thumbnail.jpg", "/api/rooms/live/thumbnail.jpg");
        await CallAsync(200, "GET", "/api/rooms/{room}/heat.png", "/api/rooms/live/heat.png");
        await CallAsync(200, "GET", "/api/rooms/{room}/cameras", "/api/rooms/live/cameras");
        await CallAsync(200, "POST", "/api/rooms/{room}/links", "/api/rooms/live/links", """{"rights":"camera"}""", "application/json");
        await CallAsync(
            400, "POST", "/api/rooms/{room}/links", "/api/rooms/no%20room/links", """{"rights":"camera"}""", "application/json");
        await RecordAsync("/api/rooms/{room}/recording", "/api/rooms/live/recording");
        await CallAsync(404, "POST", "/api/rooms/{room}/clip", "/api/rooms/nobody/clip");
        await CallAsync(428, "PATCH", session, at, Candidate, Fragment);
        await CallAsync(412, "PATCH", session, at, Candidate, Fragment, ifMatch: "\"0\"");
        await CallAsync(204, "PATCH", session, at, Candidate, Fragment, ifMatch: created.Headers.ETag!.Tag);
        await CallAsync(
            200, "PATCH", session, at, $"a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n{Candidate}", Fragment, ifMatch: "*");
        await CallAsync(415, "PATCH", session, at, Candidate, Sdp, ifMatch: "*");
        await CallAsync(403, "DELETE", session, at, origin: "https://elsewhere.example");
        await CallAsync(200, "DELETE", session, at);
        await CallAsync(404, "DELETE", session, at);
        await CallAsync(404, "PATCH", session, at, Candidate, Fragment, ifMatch: "*");
        await CallAsync(404, "GET", "/api/rooms/{room}", "/api/rooms/nobody");
        await CallAsync(404, "GET", "/api/rooms/{room}/thumbnail.jpg", "/api/rooms/nobody/thumbnail.jpg");
        await CallAsync(404, "GET", "/api/rooms/{room}/heat.png", "/api/rooms/nobody/heat.png");
    }

    private async Task RecordAsync(string route, string path)
    {
        const string Json = "application/json";
        await CallAsync(204, "GET", route, path);
        await CallAsync(400, "POST", route, path, """{"view":"everything"}""", Json);
        await CallAsync(404, "POST", route, "/api/rooms/nobody/recording", "{}", Json);
        await CallAsync(201, "POST", route, path, """{"view":"source"}""", Json);
        await CallAsync(409, "POST", route, path, "{}", Json);
        await CallAsync(200, "GET", route, path);
        await CallAsync(200, "DELETE", route, path);
        await CallAsync(404, "DELETE", route, path);
    }

    [Fact]
    public async Task Server_with_keys_refuses_as_documented()
    {
        _server = await ServerProcess.StartAsync(["--model", "motion"], new Dictionary<string, string>
        {
            ["RTC__Auth__TokenKey"] = TokenKey,
            ["RTC__Auth__ApiKey"] = ApiKey,
            ["RTC__Rooms__MaxRooms"] = "1",
        });
        await CallAsync(200, "GET", "/api/rooms");
        await CallAsync(404, "GET", "/api/rooms/{room}", "/api/rooms/demo");
        await CallAsync(404, "GET", "/api/rooms/{room}/cameras", "/api/rooms/demo/cameras");
        await CallAsync(403, "POST", "/api/rooms/{room}/links", "/api/rooms/demo/links", "{}", "application/json");
        await CallAsync(401, "GET", "/models/{name}.onnx", "/models/nothing.onnx");
        await CallAsync(401, "POST", "/api/models/{name}/pull", "/api/models/default/pull");
        await CallAsync(401, "DELETE", "/api/models/pull");
        await CallAsync(401, "POST", "/api/models");
        await CallAsync(401, "DELETE", "/api/models/{name}", "/api/models/nothing");
        await CallAsync(401, "POST", "/api/models/{name}/measure", "/api/models/motion/measure");
        await CallAsync(403, "PUT", "/api/rooms/{room}/model", "/api/rooms/demo/model", """{"model":"motion"}""", "application/json");
        await CallAsync(401, "GET", "/api/cluster");
        await CallAsync(401, "POST", "/api/cluster/drain");
        await CallAsync(403, "POST", "/api/rooms/{room}/recording", "/api/rooms/demo/recording", "{}", "application/json");
        await CallAsync(403, "DELETE", "/api/rooms/{room}/recording", "/api/rooms/demo/recording");
        await CallAsync(403, "POST", "/api/rooms/{room}/clip", "/api/rooms/demo/clip");
        await CallAsync(
            403, "PUT", "/api/rooms/{room}/rules/{rule}", "/api/rooms/demo/rules/a", """{"when":"count"}""", "application/json");
        await CallAsync(403, "DELETE", "/api/rooms/{room}/rules/{rule}", "/api/rooms/demo/rules/a");
        await CallAsync(404, "GET", "/api/rooms/{room}/rules", "/api/rooms/demo/rules");
        await CallAsync(403, "GET", "/api/events");
        await CallAsync(401, "GET", "/metrics");
        await CallAsync(200, "GET", "/metrics", bearer: ApiKey);
        const string Wanted = """{"room":"demo","role":"phone"}""";
        await CallAsync(401, "POST", "/api/tokens", body: Wanted, type: "application/json");
        await CallAsync(400, "POST", "/api/tokens", body: """{"room":"demo","role":"king"}""", type: "application/json", bearer: ApiKey);
        await CallAsync(200, "POST", "/api/tokens", body: Wanted, type: "application/json", bearer: ApiKey);

        await CallAsync(401, "POST", "/whip/{room}", "/whip/demo", Offers.Phone(), Sdp);
        await CallAsync(403, "POST", "/whip/{room}", "/whip/demo", Offers.Phone(), Sdp, bearer: Token("other"));
        await CallAsync(201, "POST", "/whip/{room}", "/whip/demo", Offers.Phone(), Sdp, bearer: Token("demo"));
        await CallAsync(503, "POST", "/whip/{room}", "/whip/second", Offers.Phone(), Sdp, bearer: Token("second"));
    }

    [Fact]
    public async Task Busy_client_is_told_when_to_come_again()
    {
        _server = await ServerProcess.StartAsync(["--model", "motion"], new Dictionary<string, string>
        {
            ["RTC__Limits__ApiPerMinute"] = "1",
            ["RTC__Limits__JoinsPerMinute"] = "1",
        });
        await CallAsync(200, "GET", "/api/models");
        await CallAsync(429, "GET", "/api/models");
        await CallAsync(429, "GET", "/api/health");
        await CallAsync(200, "GET", "/api/health/ready");
        await CallAsync(201, "POST", "/whep/{room}", "/whep/demo", Offers.Viewer(), Sdp);
        await CallAsync(429, "POST", "/whep/{room}", "/whep/demo", Offers.Viewer(), Sdp);
    }

    private static string Token(string room) =>
        JoinToken.Create(Encoding.UTF8.GetBytes(TokenKey), room, JoinRole.Phone, DateTimeOffset.UtcNow.AddHours(1));

    private async Task<HttpResponseMessage> CallAsync(
        int expected, string method, string route, string? path = null, string? body = null, string? type = null, string? bearer = null,
        string? ifMatch = null, string? origin = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path ?? route, UriKind.Relative));
        request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type!);
        }

        HttpResponseMessage answer = await _server.Http.SendAsync(request);
        Assert.True(
            expected == (int)answer.StatusCode,
            $"{method} {path ?? route}: {(int)answer.StatusCode} instead of {expected}: {await answer.Content.ReadAsStringAsync()}");
        await DocumentedAnswer.AssertAsync($"{method} {route}", answer);
        _called.Add($"{method} {route}");
        return answer;
    }
}
