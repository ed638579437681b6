using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>Two servers that are one, a phone's page at the first and a viewer's at the second.</summary>
[Collection(LiveCollection.Name)]
public sealed class RelayPageTests(LiveFixture live) : IAsyncLifetime
{
    private readonly List<string> _errors = [];
    private readonly List<ServerProcess> _servers = [];
    private IBrowserContext _context = null!;

    public async ValueTask InitializeAsync()
    {
        string silo = ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        _servers.Add(await StartAsync("n0", silo, silo));
        _servers.Add(await StartAsync("n1", ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture), silo));
        await UntilAsync(nodes => nodes.GetArrayLength() == 2);
        _context = await live.Browser.NewContextAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        foreach (ServerProcess server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Viewer_page_at_another_node_sees_the_drawn_picture_and_the_results()
    {
        IPage phone = await PageProbe.OpenAsync(_context, new Uri(_servers[0].Address, "/phone?room=relayed"), _errors);
        await phone.ClickAsync("#start");
        await PageProbe.PlayingAsync(phone);
        IPage viewer = await PageProbe.OpenAsync(_context, new Uri(_servers[1].Address, "/view?room=relayed"), _errors);
        await PageProbe.PlayingAsync(viewer);

        // Colour can only come from what the owner drew: the camera is grey.
        await viewer.WaitForFunctionAsync(
            "() => window.__messages.filter((m) => m.includes('\"detections\":[{')).length > 30", null,
            new PageWaitForFunctionOptions { Timeout = Patience.Ms });
        Assert.True(PageProbe.Coloured((await PageProbe.GrabAsync(viewer, 320))!) > 30, "no box was drawn into the viewer's picture");

        // It stayed where it asked, which has the room from the other node.
        Assert.Equal(_servers[1].Address.Port, new Uri(viewer.Url).Port);
        await UntilAsync(nodes => nodes[1].GetProperty("copies").GetInt32() == 1 && nodes[1].GetProperty("peers").GetInt32() == 1);
        Assert.Empty(_errors);
    }

    private static Task<ServerProcess> StartAsync(string node, string silo, string primary) => ServerProcess.StartAsync(
        ["--model", "motion", "--cluster", "localhost"],
        new Dictionary<string, string>
        {
            ["RTC__Cluster__NodeId"] = node,
            ["RTC__Cluster__SiloPort"] = silo,
            ["RTC__Cluster__PrimarySiloPort"] = primary,
        });

    private async Task UntilAsync(Func<JsonElement, bool> holds)
    {
        using var limit = new CancellationTokenSource(Patience.Time);
        while (!holds((await _servers[0].Http.GetFromJsonAsync<JsonElement>("/api/cluster", limit.Token)).GetProperty("nodes")))
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
