using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Rtc.EndToEnd.Tests.Browser;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>The example page of another site: its camera in a room, and the room in the page by an element and by a frame.</summary>
[Collection(LiveCollection.Name)]
public sealed class EmbedTests(LiveFixture live)
{
    [Fact]
    public async Task Page_of_another_site_has_a_room_in_it()
    {
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        context.SetDefaultTimeout(Patience.Ms);
        IPage page = await context.NewPageAsync();
        string server = live.Server.Address.ToString().TrimEnd('/');
        await page.GotoAsync(
            $"{live.OtherOrigin}/?room=embedded&server={Uri.EscapeDataString(server)}", new() { WaitUntil = WaitUntilState.Commit });
        await page.Locator("html[data-ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.ClickAsync("#start");
        await Assertions.Expect(page.Locator("#camera")).ToHaveAttributeAsync("data-state", "live");
        await Assertions.Expect(page.Locator("#viewer")).ToHaveAttributeAsync("data-state", "live");
        await page.WaitForFunctionAsync("() => document.querySelector('#viewer').shadowRoot.querySelector('video').videoWidth > 0");
        await Assertions.Expect(page.FrameLocator("#frame").Locator("html")).ToHaveAttributeAsync("data-state", "live");
        IFrame frame = page.Frames.Single(one => one.Url.Contains("/embed", StringComparison.Ordinal));
        await frame.WaitForFunctionAsync(
            "() => document.querySelector('#picture').videoWidth > 0 && document.querySelector('#waiting').hidden");
    }

    [Fact]
    public async Task Camera_that_is_stopped_while_it_joins_gives_its_place_back()
    {
        const string Start = """
            async () => {
              await import('/elements/rtc-camera.js');
              window.camera = document.createElement('rtc-camera');
              camera.setAttribute('room', 'given-back');
              document.body.append(camera);
              void camera.start();
            }
            """;
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        context.SetDefaultTimeout(Patience.Ms);
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(live.Server.Address, "/docs").AbsoluteUri);
        await page.RouteAsync("**/whip/given-back?*", async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            await page.EvaluateAsync("() => camera.stop()");
            await route.FulfillAsync(new() { Response = answer });
        });
        IRequest left = await page.RunAndWaitForRequestAsync(() => page.EvaluateAsync(Start), request => request.Method == "DELETE");
        Assert.Contains("/whip/", left.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Camera_that_is_taken_away_is_told_as_stopped()
    {
        const string Lose = """
            async () => {
              await import('/elements/rtc-camera.js');
              const camera = document.createElement('rtc-camera');
              camera.setAttribute('room', 'unplugged');
              document.body.append(camera);
              const stream = document.createElement('canvas').captureStream();
              await camera.start(stream);
              stream.getVideoTracks()[0].dispatchEvent(new Event('ended'));
              return camera.state;
            }
            """;
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(live.Server.Address, "/docs").AbsoluteUri);
        Assert.Equal("stopped", await page.EvaluateAsync<string>(Lose));
    }

    /// <summary>ICE says so after a quarter of a minute only.</summary>
    [Fact]
    public async Task Server_that_is_killed_is_told_as_away_within_seconds()
    {
        const string Show = """
            async () => {
              await Promise.all([import('/elements/rtc-camera.js'), import('/elements/rtc-viewer.js')]);
              const camera = document.createElement('rtc-camera');
              const viewer = document.createElement('rtc-viewer');
              window.away = {};
              for (const element of [camera, viewer]) {
                element.setAttribute('room', 'killed');
                element.addEventListener('state', ({ detail }) => {
                  element.dataset.state = detail;
                  if (detail === 'away') away[element.localName] ??= performance.now();
                });
              }
              document.body.append(camera, viewer);
              await camera.start();
            }
            """;
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"]);
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        context.SetDefaultTimeout(Patience.Ms);
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(server.Address, "/docs").AbsoluteUri);
        await page.EvaluateAsync(Show);
        foreach (string element in (string[])["rtc-camera", "rtc-viewer"])
        {
            await Assertions.Expect(page.Locator(element)).ToHaveAttributeAsync("data-state", "live");
        }

        await page.WaitForFunctionAsync("() => document.querySelector('rtc-viewer').shadowRoot.querySelector('video').videoWidth > 0");
        double killed = await page.EvaluateAsync<double>("() => performance.now()");
        server.Kill();
        await page.WaitForFunctionAsync("() => away['rtc-camera'] && away['rtc-viewer']");
        double last = await page.EvaluateAsync<double>("() => Math.max(...Object.values(away))");
        Assert.InRange(last - killed, 0, 8_000);
    }

    /// <summary>docs/recipes/embed.md word for word, but for the addresses; its server is one of this test's own.</summary>
    [Fact]
    public async Task Recipe_shows_a_room_in_a_page_of_another_site()
    {
        string recipe = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "recipes", "embed.md"));
        string[] Blocks(string language) =>
            [.. Regex.Matches(recipe, $"^```{language}\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
                .Select(block => block.Groups[1].Value)];
        string html = string.Empty;
        await using WebApplication site = await LocalSite.StartAsync(context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync(html);
        });
        string origin = site.Urls.First();
        await using ServerProcess server = await ServerProcess.StartAsync(
            ["--model", "motion"], await ExportedAsync(Blocks("sh").Single().Replace("https://www.example.org", origin)));
        html = "<!doctype html><title>Another site</title>"
            + string.Concat(Blocks("html")).Replace("https://rtc.example.org", server.Address.ToString().TrimEnd('/'));

        await using IBrowserContext context = await live.Browser.NewContextAsync();
        context.SetDefaultTimeout(Patience.Ms);
        IPage phone = await context.NewPageAsync();
        await phone.GotoAsync(new Uri(server.Address, "/phone?room=demo").AbsoluteUri);
        await phone.ClickAsync("#start");
        IPage page = await context.NewPageAsync();
        IConsoleMessage seen = await page.RunAndWaitForConsoleMessageAsync(
            () => page.GotoAsync(origin, new() { WaitUntil = WaitUntilState.Commit }),
            new() { Predicate = message => message.Type == "log" && message.Text != "[]", Timeout = Patience.Ms });
        Assert.Matches(@"\w+ \d+", seen.Text);
        await Assertions.Expect(page.FrameLocator("iframe").Locator("html")).ToHaveAttributeAsync("data-state", "live");
    }

    /// <summary>What `start.sh` finds in its environment where a block is run as it stands.</summary>
    private static async Task<Dictionary<string, string>> ExportedAsync(string block)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rtc-embed-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "start.sh"), "#!/bin/sh\nenv | grep ^RTC__HTTP\n");
            using Process bash = Process.Start(new ProcessStartInfo("bash", ["-euc", "chmod +x start.sh\n" + block])
            {
                WorkingDirectory = folder.FullName, RedirectStandardOutput = true,
            })!;
            string[] lines = (await bash.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(2, lines.Length);
            return lines.Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
