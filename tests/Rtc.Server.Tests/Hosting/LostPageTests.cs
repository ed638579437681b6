using System.Net;
using System.Net.Http.Headers;

namespace Rtc.Server.Tests.Hosting;

public sealed class LostPageTests
{
    [Theory]
    [InlineData("/nowhere", "text/html", "text/html")]
    [InlineData("/no/where.png", "text/html", "text/html")]
    [InlineData("/nowhere", "application/json", "application/problem+json")]
    [InlineData("/api/nowhere", "text/html", "text/plain")]
    public async Task Browser_gets_a_page_and_a_program_none(string path, string accept, string answer)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));

        using HttpResponseMessage response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(answer, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(answer == "text/html", body.Contains("<h1>There is no such page</h1>", StringComparison.Ordinal));
    }
}
