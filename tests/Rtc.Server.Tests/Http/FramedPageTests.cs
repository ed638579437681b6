using System.Net;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Http;

/// <summary>One page may be framed, by whom the owner says; the elements may be loaded by pages of other sites.</summary>
public sealed class FramedPageTests
{
    [Theory]
    [InlineData("/embed", "https://a.example https://b.example:8443")]
    [InlineData("/embed.html", "https://a.example https://b.example:8443")]
    [InlineData("/view", "'none'")]
    [InlineData("/events", "'none'")]
    [InlineData("/api/rooms", "'none'")]
    [InlineData("/embed/view", "'none'")]
    public async Task Named_sites_frame_the_page_made_for_it_alone(string path, string expected)
    {
        await using RunningHost host = await StartAsync("https://a.example", "https://b.example:8443");
        Assert.Equal(expected, await AncestorsAsync(host, path));
    }

    [Fact]
    public async Task Without_named_sites_only_the_servers_own_pages_frame_it()
    {
        await using RunningHost host = await StartAsync();
        Assert.Equal("'self'", await AncestorsAsync(host, "/embed?room=demo"));
    }

    [Theory]
    [InlineData("/elements/rtc-viewer.js", "*", "cross-origin")]
    [InlineData("/elements/rtc-camera.js", "*", "cross-origin")]
    [InlineData("/js/pages/embed.js", null, "same-origin")]
    public async Task Elements_are_loaded_by_pages_of_other_sites(string path, string? origins, string policy)
    {
        await using RunningHost host = await StartAsync();
        using HttpResponseMessage answer = await host.Client.GetAsync(
            new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "text/javascript"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(origins, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
        Assert.Equal(policy, answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
    }

    [Theory]
    [InlineData("https://a.example/")]
    [InlineData("a.example")]
    [InlineData("https://a.example; script-src *")]
    [InlineData("'self'")]
    [InlineData("*")]
    public void Sites_that_are_no_origins_are_refused(string site)
    {
        List<string> errors = [];
        OptionsCheck.Check(RunningHost.Options with { Http = RunningHost.Options.Http with { FrameAncestors = [site] } }, errors);
        Assert.Contains("Http:FrameAncestors", Assert.Single(errors), StringComparison.Ordinal);
    }

    private static Task<RunningHost> StartAsync(params string[] sites) => RunningHost.StartAsync(
        RunningHost.Options with { Http = RunningHost.Options.Http with { FrameAncestors = sites } });

    private static async Task<string> AncestorsAsync(RunningHost host, string path)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync(
            new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        const string Directive = "frame-ancestors ";
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        return policy.Split("; ").Single(part => part.StartsWith(Directive, StringComparison.Ordinal))[Directive.Length..];
    }
}
