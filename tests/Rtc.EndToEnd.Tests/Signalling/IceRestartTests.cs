using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Bench;
using Rtc.Peer;
using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>A WHEP viewer whose network changed restarts ICE with a PATCH and goes on watching in the same session.</summary>
public sealed class IceRestartTests(SignallingServer server) : IClassFixture<SignallingServer>, IDisposable
{
    private const string Room = "ice-restart";
    private const string FragmentType = "application/trickle-ice-sdpfrag";
    private readonly HttpClient _http = new() { Timeout = Patience.Time };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Pictures_go_on_over_the_new_generation()
    {
        await using BenchPhone phone = await MediaClient.PublishAsync(server.Process, _http, Room);
        var plan = new OfferPlan { Video = [MediaDirection.ReceiveOnly] };
        var listener = new LateListener();
        await using var client = new BenchClient(_http, listener, plan, NullLoggerFactory.Instance);
        var viewer = new BenchViewer(client);
        listener.To = viewer;

        using HttpResponseMessage created = await SendAsync(
            HttpMethod.Post, new Uri(server.Process.Address, $"/whep/{Room}"), "application/sdp", await client.OfferAsync(), null);
        string answer = await created.Content.ReadAsStringAsync();
        var session = new Uri(server.Process.Address, created.Headers.Location!);
        await client.AcceptAsync(answer);
        await ServerState.UntilAsync("no picture came", () => Task.FromResult(viewer.Frames > 10));

        // New credentials, and the candidates that the client has now.
        string offer = await client.OfferAsync(plan with { IceRestart = true });
        string fragment = string.Join(
            "\r\n", offer.Split("\r\n").Where(
                line => line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal) || line.StartsWith("a=ice-pwd:", StringComparison.Ordinal)
            || line.StartsWith("a=mid:", StringComparison.Ordinal) || line.StartsWith("a=candidate:", StringComparison.Ordinal))) + "\r\n";
        using HttpResponseMessage restarted = await SendAsync(
            HttpMethod.Patch, session, FragmentType, fragment, created.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.OK, restarted.StatusCode);
        string theirs = await restarted.Content.ReadAsStringAsync();
        string next = string.Join(
            "\r\n",
            answer.Split("\r\n")
                .Select(line => line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal) ? Offers.Line(theirs, "a=ice-ufrag:")
            : line.StartsWith("a=ice-pwd:", StringComparison.Ordinal) ? Offers.Line(theirs, "a=ice-pwd:") : line));
        Assert.NotEqual(Offers.Line(answer, "a=ice-ufrag:"), Offers.Line(next, "a=ice-ufrag:"));
        await client.AcceptAsync(next);

        // A check of the old generation is no longer answered, so pictures that come now come by the new one.
        long checksAnswered = client.Stats.ChecksReceived;
        await ServerState.UntilAsync(
            "no check of the new generation came", () => Task.FromResult(client.Stats.ChecksReceived > checksAnswered));
        long before = viewer.Frames;
        await ServerState.UntilAsync("the picture stood still", () => Task.FromResult(viewer.Frames > before + 60));
        Assert.Null(viewer.ClosedBecause);
        Assert.Equal(1, (await server.Process.RoomAsync(Room)).GetProperty("viewers").GetInt32());

        // The old generation's tag is worth nothing now.
        using HttpResponseMessage late = await SendAsync(
            HttpMethod.Patch, session, FragmentType, "a=end-of-candidates\r\n", created.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        using HttpResponseMessage ended = await _http.DeleteAsync(session);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
    }

    [Fact]
    public async Task A_session_whose_connection_closed_first_is_still_ended_once()
    {
        var listener = new LateListener();
        var client = new BenchClient(_http, listener, new OfferPlan { Video = [MediaDirection.SendOnly] }, NullLoggerFactory.Instance);
        using HttpResponseMessage created = await SendAsync(
            HttpMethod.Post, new Uri(server.Process.Address, "/whip/closed-first"), "application/sdp", await client.OfferAsync(), null);
        await client.AcceptAsync(await created.Content.ReadAsStringAsync());
        var session = new Uri(server.Process.Address, created.Headers.Location!);
        await ServerState.UntilAsync(
            "it did not connect",
            async () => await server.Process.MetricAsync("rtc_peers", "phone") > 0 && client.Stats.SrtpProfile is not null);
        await client.CloseAsync();
        await server.Process.UntilNoRoomAsync("closed-first");

        using HttpResponseMessage first = await _http.DeleteAsync(session);
        using HttpResponseMessage second = await _http.DeleteAsync(session);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (first.StatusCode, second.StatusCode));
        await client.DisposeAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, string type, string body, string? ifMatch)
    {
        using var request =
            new HttpRequestMessage(method, address) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)) };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await _http.SendAsync(request);
    }
}
