using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Whip;

public sealed class WhipSessionTests
{
    private const string Fragment = "application/trickle-ice-sdpfrag";
    private const string Candidate = "a=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n";
    private const string Restart = "a=ice-ufrag:newu\r\na=ice-pwd:anotherpasswordof24chars\r\n" + Candidate;

    [Fact]
    public async Task A_session_trickles_and_ends_only_at_its_own_address()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using HttpResponseMessage created = await PostAsync(host, "/whep/one", Offer());
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        string session = created.Headers.Location!.ToString();
        string tag = created.Headers.ETag!.ToString();

        Assert.Equal(204, await PatchAsync(host, session, Candidate, tag));
        Assert.Equal(428, await PatchAsync(host, session, Candidate, null));
        Assert.Equal(412, await PatchAsync(host, session, Candidate, "\"another\""));
        Assert.Equal(415, await PatchAsync(host, session, Candidate, tag, "text/plain"));
        Assert.Equal(400, await PatchAsync(host, session, "a=ice-ufrag:alone\r\n", tag));
        Assert.Equal(400, await PatchAsync(host, session, "a=candidate:nonsense\r\n", tag));
        Assert.Equal(413, await PatchAsync(host, session, new string('x', 200_000), tag));
        string otherRoom = session.Replace("/one/", "/two/", StringComparison.Ordinal);
        string otherRole = session.Replace("/whep/", "/whip/", StringComparison.Ordinal);
        Assert.Equal(404, await PatchAsync(host, otherRoom, Candidate, tag));
        Assert.Equal(404, await PatchAsync(host, otherRole, Candidate, tag));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.DeleteAsync(otherRoom)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.DeleteAsync(otherRole)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.DeleteAsync(session)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.DeleteAsync(session)).StatusCode);
    }

    [Fact]
    public async Task New_credentials_in_a_patch_restart_ice_and_move_the_tag_on()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using HttpResponseMessage created = await PostAsync(host, "/whep/one", Offer());
        string session = created.Headers.Location!.ToString();
        string tag = created.Headers.ETag!.ToString();
        string answer = await created.Content.ReadAsStringAsync();

        using HttpResponseMessage restarted = await SendPatchAsync(host, session, Restart, "*", Fragment);
        string ours = await restarted.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, restarted.StatusCode);
        Assert.Equal(Fragment, restarted.Content.Headers.ContentType!.MediaType);
        Assert.NotEqual(tag, restarted.Headers.ETag!.ToString());
        Assert.NotEqual(Line(answer, "a=ice-ufrag:"), Line(ours, "a=ice-ufrag:"));
        Assert.NotEqual(Line(answer, "a=ice-pwd:"), Line(ours, "a=ice-pwd:"));
        Assert.Contains("a=candidate:", ours, StringComparison.Ordinal);
        Assert.Equal(412, await PatchAsync(host, session, Candidate, tag));
        Assert.Equal(204, await PatchAsync(host, session, Restart, restarted.Headers.ETag.ToString()));
    }

    [Fact]
    public async Task A_restart_with_a_candidate_that_is_none_changes_nothing()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using HttpResponseMessage created = await PostAsync(host, "/whep/one", Offer());
        string session = created.Headers.Location!.ToString();
        string tag = created.Headers.ETag!.ToString();

        Assert.Equal(400, await PatchAsync(host, session, Restart + "a=candidate:nonsense\r\n", tag));

        // The generation is the old one: its tag still holds, and a good restart moves on from it.
        Assert.Equal(204, await PatchAsync(host, session, Candidate, tag));
        Assert.Equal(200, await PatchAsync(host, session, Restart, tag));
    }

    [Theory]
    [InlineData("candidate:1 1 ssltcp 1 192.0.2.1 5000 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 5000 typ cloud")]
    [InlineData("candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active")]
    [InlineData("candidate:1 1 udp 1 0b2b2d5c-1c29-4f5b-9f5e-f6f1a5f90d1c.local 5353 typ host")]
    public async Task Candidate_of_no_use_is_ignored_beside_the_others(string line)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using HttpResponseMessage created = await PostAsync(host, "/whep/one", Offer());
        string tag = created.Headers.ETag!.ToString();
        Assert.Equal(204, await PatchAsync(host, created.Headers.Location!.ToString(), $"{Candidate}a={line}\r\n", tag));
    }

    [Theory]
    [InlineData("TAG", 204)]
    [InlineData("*", 204)]
    [InlineData("\"other\", TAG", 204)]
    [InlineData("W/TAG", 204)]
    [InlineData("\"other\", \"another\"", 412)]
    [InlineData("nonsense", 412)]
    public async Task If_match_names_the_generation_as_http_has_it(string ifMatch, int status)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using HttpResponseMessage created = await PostAsync(host, "/whep/one", Offer());
        string given = ifMatch.Replace("TAG", created.Headers.ETag!.ToString(), StringComparison.Ordinal);
        Assert.Equal(status, await PatchAsync(host, created.Headers.Location!.ToString(), Candidate, given));
    }

    [Fact]
    public async Task Options_say_what_is_taken_and_which_servers_help()
    {
        await using RunningHost host = await RunningHost.StartAsync(RunningHost.Options with
        {
            Media = new MediaOptions
            {
                Port = 0,
                IceServers = [
                    new IceServerOptions { Urls = ["stun:stun.example.org:3478"] },
                    new IceServerOptions { Urls = ["turn:a.example.org", "turns:b.example.org"], Username = "u", Credential = "c" }
                ],
            },
        });
        foreach (string endpoint in (string[])["/whip/one", "/whep/one"])
        {
            using var ask = new HttpRequestMessage(HttpMethod.Options, endpoint);
            using HttpResponseMessage told = await host.Client.SendAsync(ask);
            Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
            Assert.Equal("application/sdp", Assert.Single(told.Headers.GetValues("Accept-Post")));
            Assert.Equal(
                [
                    "<stun:stun.example.org:3478>; rel=\"ice-server\"",
                    "<turn:a.example.org>; rel=\"ice-server\"; username=\"u\"; credential=\"c\"; credential-type=\"password\"",
                    "<turns:b.example.org>; rel=\"ice-server\"; username=\"u\"; credential=\"c\"; credential-type=\"password\"",
                ],
                told.Headers.GetValues("Link"));
        }

        using HttpResponseMessage created = await PostAsync(host, "/whep/one", Offer());
        using var askSession = new HttpRequestMessage(HttpMethod.Options, created.Headers.Location);
        using HttpResponseMessage session = await host.Client.SendAsync(askSession);
        Assert.Equal(3, created.Headers.GetValues("Link").Count());
        Assert.Equal(Fragment, Assert.Single(created.Headers.GetValues("Accept-Patch")));
        Assert.Equal(HttpStatusCode.NoContent, session.StatusCode);
        Assert.Equal(Fragment, Assert.Single(session.Headers.GetValues("Accept-Patch")));
    }

    [Theory]
    [InlineData("GET", "/whip/one", 405)]
    [InlineData("PUT", "/whip/one", 405)]
    [InlineData("PATCH", "/whip/one", 405)]
    [InlineData("DELETE", "/whep/one", 405)]
    [InlineData("GET", "/whep/one/0123", 405)]
    [InlineData("PUT", "/whip/one/0123", 405)]
    [InlineData("POST", "/whip/one/0123", 405)]
    [InlineData("DELETE", "/whip/one/0123", 404)]
    [InlineData("PATCH", "/whip/one/0123", 415)]
    [InlineData("POST", "/whip", 404)]
    [InlineData("POST", "/whip/", 404)]
    [InlineData("POST", "/whip/a/b/c", 404)]
    [InlineData("POST", "/whip/.hidden", 400)]
    [InlineData("POST", "/whip/a%20b", 400)]
    [InlineData("POST", "/whip/%2e%2e%2fetc", 400)]
    [InlineData("POST", "/whip/one?mode=upside-down", 400)]
    [InlineData("POST", "/whep/one?view=x", 400)]
    public async Task Whatever_is_refused_is_refused_with_problem_details(string method, string path, int status)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content =
            method == "POST" ? new StringContent(PhoneOffer(), Encoding.UTF8, new MediaTypeHeaderValue("application/sdp")) : null;

        using HttpResponseMessage refused = await host.Client.SendAsync(request);

        Assert.Equal(status, (int)refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("status").GetInt32());
        Assert.Equal(status == 405, refused.Content.Headers.Allow.Count > 0);
        Assert.Equal("[]", await host.Client.GetStringAsync("/api/rooms"));
    }

    [Theory]
    [InlineData("text/plain", "x", 415)]
    [InlineData("application/sdp", "nonsense", 400)]
    [InlineData("application/sdp", "", 400)]
    public async Task A_bad_offer_leaves_no_room_behind(string type, string body, int status)
    {
        await using RunningHost host = await RunningHost.StartAsync();

        using HttpResponseMessage refused = await PostAsync(host, "/whip/one", body, type);

        Assert.Equal(status, (int)refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.Equal("[]", await host.Client.GetStringAsync("/api/rooms"));
    }

    [Fact]
    public async Task Second_publisher_is_told_who_is_on_air_and_may_take_over()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using HttpResponseMessage first = await PostAsync(host, "/whip/one?name=Kitchen", PhoneOffer());
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);

        using HttpResponseMessage refused = await PostAsync(host, "/whip/one?name=Hall", PhoneOffer());
        JsonElement problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        using HttpResponseMessage taken = await PostAsync(host, "/whip/one?name=Hall&takeover=true", PhoneOffer());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("limit_reached", problem.GetProperty("title").GetString());
        Assert.Equal("Kitchen", problem.GetProperty("on_air").GetString());
        Assert.Equal("one.2", problem.GetProperty("free_room").GetString());
        Assert.Contains("takeover=true", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Equal(404, await PatchAsync(host, first.Headers.Location!.ToString(), Candidate, first.Headers.ETag!.ToString()));
        JsonElement camera = Assert.Single(
            JsonDocument.Parse(await host.Client.GetStringAsync("/api/rooms/one/cameras")).RootElement.EnumerateArray());
        Assert.Equal("Hall", camera.GetProperty("name").GetString());
    }

    private static string? Line(string sdp, string start) =>
        sdp.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal));

    private static string Offer() => Offer(new OfferPlan { DataChannel = true });

    private static string PhoneOffer() => Offer(new OfferPlan { Video = [MediaDirection.SendOnly] });

    private static string Offer(OfferPlan plan)
    {
        using DtlsIdentity identity = DtlsIdentity.Create();
        using var peer = new WebRtcPeer(
            new PeerOptions { Identity = identity, Random = SystemRandom.Instance, LocalCandidates = [] }, new Instant(1));
        return peer.CreateOffer(new Instant(1), plan);
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningHost host, string path, string body, string type = "application/sdp")
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        return await host.Client.PostAsync(path, content);
    }

    private static async Task<int> PatchAsync(RunningHost host, string path, string body, string? ifMatch, string type = Fragment)
    {
        using HttpResponseMessage response = await SendPatchAsync(host, path, body, ifMatch, type);
        return (int)response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendPatchAsync(RunningHost host, string path, string body, string? ifMatch, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, path);
        request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await host.Client.SendAsync(request);
    }
}
