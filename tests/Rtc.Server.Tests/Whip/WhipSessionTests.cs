using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Rtc.Peer;
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

    private static string? Line(string sdp, string start) =>
        sdp.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal));

    private static string Offer()
    {
        using DtlsIdentity identity = DtlsIdentity.Create();
        using var peer = new WebRtcPeer(new PeerOptions { Identity = identity, Seed = 1, LocalCandidates = [] }, new Instant(1));
        return peer.CreateOffer(new Instant(1), new OfferPlan { DataChannel = true });
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
