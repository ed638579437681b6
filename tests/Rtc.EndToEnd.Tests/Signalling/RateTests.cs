using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>Joins, offers and questions of one address in one minute: one past each is told to wait, and probes never are.</summary>
public sealed class RateTests : IAsyncLifetime
{
    private const int Joins = 4;
    private const int OffersAMinute = 3;
    private const int Questions = 40;
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await ServerProcess.StartAsync(["--model", "motion"], new Dictionary<string, string>
        {
            ["RTC__Limits__JoinsPerMinute"] = $"{Joins}",
            ["RTC__Limits__OffersPerMinute"] = $"{OffersAMinute}",
            ["RTC__Limits__ApiPerMinute"] = $"{Questions}",
        });

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task One_past_each_rate_is_refused_by_the_name_of_the_limit()
    {
        await using HubClient client = await HubClient.OpenAsync(_server);
        for (int i = 0; i < Joins; i++)
        {
            Assert.Null((await client.JoinAsync("rates")).Error);
        }

        // The refused join gave the place up, as every second join does, so offers are made over what came before it.
        await using HubClient other = await HubClient.OpenAsync(_server);
        Assert.Equal(
            "too_many_requests: Too many joins from this address (Limits:JoinsPerMinute).", (await other.JoinAsync("rates")).Error);
        using HttpResponseMessage whep = await PostAsync("/whep/rates", Offers.Viewer());
        Assert.Equal(HttpStatusCode.TooManyRequests, whep.StatusCode);
        Assert.NotNull(whep.Headers.RetryAfter);

        for (int i = 0; i < OffersAMinute; i++)
        {
            Assert.Null((await client.CallAsync("Offer", new JsonObject { ["sdp"] = Offers.Viewer() })).Error);
        }

        Assert.Equal(
            "too_many_requests: Too many offers from this address (Limits:OffersPerMinute).",
            (await client.CallAsync("Offer", new JsonObject { ["sdp"] = Offers.Viewer() })).Error);

        HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, Questions + 1).Select(async _ =>
        {
            using HttpResponseMessage answer = await _server.Http.GetAsync("/api/health");
            return answer.StatusCode;
        }));
        Assert.Single(answers, HttpStatusCode.TooManyRequests);
        using HttpResponseMessage next = await _server.Http.GetAsync("/api/rooms");
        Assert.Contains("Limits:ApiPerMinute", await next.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage probe = await _server.Http.GetAsync("/api/health/live");
        Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
        Assert.Equal(5, await _server.MetricAsync("rtc_refused_total", "reason=\"rate\""));
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/sdp"));
        return await _server.Http.PostAsync(path, content);
    }
}
