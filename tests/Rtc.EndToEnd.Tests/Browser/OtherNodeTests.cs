using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Rtc.Server.Authorization;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>
/// A page asks a node of a cluster for a room that another node has, which lets nobody in without a token. The node that is asked is
/// played here, as `Rtc.Cluster.Tests` has it answer; the one that has the room is the real server.
/// </summary>
[Collection(LiveCollection.Name)]
public sealed class OtherNodeTests(LiveFixture live) : IAsyncLifetime
{
    private const string TokenKey = "a-token-key-of-more-than-thirty-two-characters";
    private const string Room = "elsewhere";

    /// <summary>The elements and the client's camera and viewer, each until it has what it came for, or the words of its failure.</summary>
    private const string Join = """
        async ({ server, room, token }) => {
          const { RtcClient } = await import('/packages/rtc-client/rtc-client.js');
          await Promise.all(['rtc-camera', 'rtc-viewer'].map((name) => import(`/wwwroot/elements/${name}.js`)));
          const settled = (element) => new Promise((resolve) => {
            element.addEventListener('state', ({ detail }) => { if (['live', 'refused', 'away'].includes(detail)) resolve(detail); });
          });
          const make = (name) => Object.entries({ server, room, token }).reduce((element, [key, value]) => {
            if (value) element.setAttribute(key, value);
            return element;
          }, document.createElement(name));
          const camera = document.body.appendChild(make('rtc-camera'));
          const on = settled(camera);
          await camera.start();
          const viewer = make('rtc-viewer');
          const seen = settled(viewer);
          document.body.append(viewer);
          const client = new RtcClient(server, { token });
          const watched = await client.watch(room).then((place) => { place.close(); return 'live'; }, (error) => error.code);
          const states = [await on, await seen, watched];
          camera.remove();
          viewer.remove();
          return states;
        }
        """;

    private readonly ConcurrentBag<string> _asked = [];
    private WebApplication _site = null!;
    private WebApplication _asker = null!;
    private ServerProcess _owner = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await LocalSite.StartAsync(context =>
        {
            string path = Path.Combine(Repository.Root, context.Request.Path.Value!.TrimStart('/'));
            context.Response.ContentType = path.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript" : "text/html";
            return path.EndsWith(".js", StringComparison.Ordinal)
                ? context.Response.SendFileAsync(path)
                : context.Response.WriteAsync("<!doctype html><title>Another site</title>");
        });
        _owner = await ServerProcess.StartAsync(["--model", "motion", "--public"], new Dictionary<string, string>
        {
            ["RTC__Auth__TokenKey"] = TokenKey,
            ["RTC__Auth__ApiKey"] = "an-api-key-of-sixteen-and-more",
            ["RTC__Http__CorsOrigins"] = _site.Urls.First(),
        });
        _asker = await LocalSite.StartAsync(SendOnAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _asker.DisposeAsync();
        await _owner.DisposeAsync();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Elements_and_client_take_their_token_to_the_node_that_has_the_room()
    {
        string token = JoinToken.Create(Encoding.UTF8.GetBytes(TokenKey), Room, JoinRole.Phone, DateTimeOffset.UtcNow.AddHours(1));
        Assert.Equal(["live", "live", "live"], await JoinAsync(token));
        Assert.Equal(["/whep", "/whep", "/whip"], _asked.Order());

        // The same without: the node that has the room refuses it, which is no reason to ask again and again.
        Assert.Equal(["refused", "refused", "token_required"], await JoinAsync(token: null));
    }

    private async Task<string[]> JoinAsync(string? token)
    {
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        context.SetDefaultTimeout(Patience.Ms);
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(_site.Urls.First());
        return await page.EvaluateAsync<string[]>(Join, new { server = _asker.Urls.First(), room = Room, token });
    }

    /// <summary>What a node answers that does not have the room.</summary>
    private Task SendOnAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        IHeaderDictionary headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = _site.Urls.First();
        headers.AccessControlAllowHeaders = "Authorization, Content-Type";
        headers.AccessControlAllowMethods = "POST";
        headers.AccessControlExposeHeaders = "Location";
        if (HttpMethods.IsOptions(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        _asked.Add(request.Path.Value![..5]);
        headers.Location = new Uri(_owner.Address, request.Path + request.QueryString.ToString()).AbsoluteUri;
        context.Response.StatusCode =
            request.Query["follow"] == "false" ? StatusCodes.Status409Conflict : StatusCodes.Status307TemporaryRedirect;
        return Task.CompletedTask;
    }
}
