using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
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

    private static int Count(RunningHost host) => host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.Count;
}
