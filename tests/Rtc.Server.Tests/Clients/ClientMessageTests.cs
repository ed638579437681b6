using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rtc.Client;
using Rtc.Server.Tests.Docs;

namespace Rtc.Server.Tests.Clients;

/// <summary>What the .NET client makes of messages and answers, without a server.</summary>
public sealed class ClientMessageTests
{
    private static readonly string s_page = MarkdownPage.Read("docs/PROTOCOL.md").Text;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("detections")]
    [InlineData("stats")]
    [InlineData("peers")]
    [InlineData("notice")]
    public void Every_field_of_the_protocols_example_is_read(string name)
    {
        string example = Example(name);
        Assert.True(MessageReader.TryRead(Encoding.UTF8.GetBytes(example), out RoomMessage? message, out _));
        JsonElement read = JsonSerializer.SerializeToElement(message, message.GetType(), ClientJson.Default);
        string[] missing =
        [
            .. JsonDocument.Parse(example).RootElement.EnumerateObject()
                .Where(field => field.Name != "type" && field.Value.ValueKind != JsonValueKind.Null)
                .Where(field => !read.TryGetProperty(field.Name, out JsonElement own) || !JsonElement.DeepEquals(own, field.Value))
                .Select(field => field.Name),
        ];
        Assert.Equal([], missing);
        Assert.Equal(
            JsonDocument.Parse(example).RootElement.GetProperty("type").GetString() + "message", message.GetType().Name.ToLowerInvariant());
    }

    [Fact]
    public void Settings_have_every_field_that_can_be_configured()
    {
        string example = Example("settings").Replace("\"configure\"", "\"settings\"", StringComparison.Ordinal);
        Assert.True(MessageReader.TryRead(Encoding.UTF8.GetBytes(example), out RoomMessage? message, out _));
        RoomSettings settings = Assert.IsType<SettingsMessage>(message).Settings;
        string written = JsonSerializer.Serialize(settings, ClientJson.Default.RoomSettings);
        Assert.Equal(example.Replace("\"type\":\"settings\",", "", StringComparison.Ordinal), written);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"detections","width":"wide"}""")]
    [InlineData("""{"type":"tomorrow","id":3}""")]
    [InlineData("""{"inner":{"type":"notice"}}""")]
    [InlineData("")]
    public void What_is_no_known_message_is_ignored(string text)
    {
        Assert.False(MessageReader.TryRead(Encoding.UTF8.GetBytes(text), out _, out double? pong));
        Assert.Null(pong);
    }

    [Fact]
    public void Pong_is_its_id()
    {
        Assert.False(MessageReader.TryRead("""{"type":"pong","server_ts":1.5,"id":7}"""u8, out _, out double? pong));
        Assert.Equal(7, pong);
    }

    /// <summary>The other node of a cluster wants the token as well, which a redirect of the platform would leave out.</summary>
    [Fact]
    public async Task Offer_follows_a_room_to_its_node_with_the_token()
    {
        var handler = new Answers(request => request.RequestUri!.Host == "one.example"
            ? Moved("https://two.example/whep/demo?node=two")
            : Problem(HttpStatusCode.Forbidden, """{"title":"view_forbidden","detail":"The room is private.","status":403}"""));
        using var client = new RtcClient("https://one.example/", new RtcClientOptions { Token = "t", Handler = handler });
        RtcException refused = await Assert.ThrowsAsync<RtcException>(
            () => client.WatchAsync("demo", new WatchOptions { IsSource = true }, Cancel));
        Assert.Equal(("view_forbidden", "The room is private."), (refused.Code, refused.Message));
        Assert.Equal(["https://one.example/whep/demo?view=source", "https://two.example/whep/demo?node=two"], handler.Asked);
        Assert.Equal(["Bearer t", "Bearer t"], handler.Tokens);
    }

    [Fact]
    public async Task Rooms_that_lead_from_node_to_node_are_given_up()
    {
        var handler = new Answers(_ => Moved("/whep/demo"));
        using var client = new RtcClient("https://one.example", new RtcClientOptions { Handler = handler });
        Assert.Equal("bad_answer", (await Assert.ThrowsAsync<RtcException>(() => client.WatchAsync("demo", cancel: Cancel))).Code);
        Assert.Equal(4, handler.Asked.Count);
    }

    [Fact]
    public async Task Answers_that_are_none_are_one_exception()
    {
        using var unreachable = new RtcClient(
            "http://one.example", new RtcClientOptions { Handler = new Answers(_ => throw new HttpRequestException("no route")) });
        Assert.Equal("unreachable", (await Assert.ThrowsAsync<RtcException>(() => unreachable.RoomsAsync(Cancel))).Code);
        using var odd = new RtcClient("http://one.example", new RtcClientOptions
        {
            Handler = new Answers(_ => new HttpResponseMessage { Content = new StringContent("<html>") }),
        });
        Assert.Equal("bad_answer", (await Assert.ThrowsAsync<RtcException>(() => odd.RoomsAsync(Cancel))).Code);
        using var busy = new RtcClient("http://one.example", new RtcClientOptions
        {
            Handler = new Answers(_ =>
            {
                HttpResponseMessage answer = Problem(HttpStatusCode.ServiceUnavailable, "no json");
                answer.Headers.Add("Retry-After", "7");
                return answer;
            }),
        });
        RtcException later = await Assert.ThrowsAsync<RtcException>(() => busy.RoomsAsync(Cancel));
        Assert.Equal(("ServiceUnavailable", TimeSpan.FromSeconds(7)), (later.Code, later.RetryAfter));
    }

    private static string Example(string name) =>
        Regex.Match(s_page, $"```json {name}\n(.*?)\n```", RegexOptions.Singleline).Groups[1].Value;

    private static HttpResponseMessage Moved(string to)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.TemporaryRedirect);
        answer.Headers.Location = new Uri(to, UriKind.RelativeOrAbsolute);
        return answer;
    }

    private static HttpResponseMessage Problem(HttpStatusCode status, string text) =>
        new(status) { Content = new StringContent(text, Encoding.UTF8, "application/problem+json") };

    /// <summary>A server that a test speaks for.</summary>
    private sealed class Answers(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        public List<string?> Tokens { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.ToString());
            Tokens.Add(request.Headers.Authorization?.ToString());
            return Task.FromResult(answer(request));
        }
    }
}
