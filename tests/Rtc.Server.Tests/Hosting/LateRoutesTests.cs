using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Hosting;
using Xunit;

namespace Rtc.Server.Tests.Hosting;

public sealed class LateRoutesTests
{
    private static readonly string[] s_askedByRooms =
        ["/api/rooms", "/api/rooms/demo/cameras", "/api/join-info", "/api/health", "/view", "/js/pages/view.js"];

    [Fact]
    public async Task Room_pages_have_none_made()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        int before = Count(host);
        foreach (string path in s_askedByRooms)
        {
            using HttpResponseMessage answer = await host.Client.GetAsync(path);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        }

        Assert.Equal(before, Count(host));
    }

    [Fact]
    public async Task First_ones_that_are_asked_for_are_answered_all_at_once()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        HttpResponseMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(i => host.Client.GetAsync(i % 2 == 0 ? "/api/models" : "/api/none-such")));
        for (int i = 0; i < answers.Length; i++)
        {
            Assert.Equal(i % 2 == 0 ? HttpStatusCode.OK : HttpStatusCode.NotFound, answers[i].StatusCode);
            Assert.NotEqual("text/html", answers[i].Content.Headers.ContentType?.MediaType);
            answers[i].Dispose();
        }

        Assert.True(Count(host) > 40);
    }

    [Fact]
    public async Task All_lie_where_a_request_has_them_made()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        string[] before = Paths(host);
        (await host.Client.GetAsync("/uploads/x/masks.json")).Dispose();
        string[] late = [.. Paths(host).Except(before)];
        Assert.Contains("/uploads/{id}/{name}", late);
        Assert.All(late, path => Assert.Contains(LateRoutes.Below, at => (path + '/').StartsWith(at, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("/jobs/none")]
    [InlineData("/uploads/none/masks.json")]
    [InlineData("/api/videos/none")]
    public async Task First_request_to_one_is_answered_by_it(string path)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        JsonNode answer = await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, path);
        Assert.StartsWith("unknown_", answer["code"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_method_is_told_the_right_one_before_and_after()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        for (int i = 0; i < 2; i++)
        {
            foreach ((string path, string allowed) in ((string, string)[])[("/api/rooms", "GET"), ("/api/models", "GET,POST")])
            {
                using HttpResponseMessage answer = await host.Client.PutAsync(path, content: null);
                Assert.Equal(
                    (HttpStatusCode.MethodNotAllowed, allowed),
                    (answer.StatusCode, string.Join(',', answer.Content.Headers.Allow.Order(StringComparer.Ordinal))));
            }
        }
    }

    private static string[] Paths(RunningHost host) =>
    [
        .. host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(route => route.RoutePattern.RawText!),
    ];

    private static int Count(RunningHost host) => host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.Count;
}
