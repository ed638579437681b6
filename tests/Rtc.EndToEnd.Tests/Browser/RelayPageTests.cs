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
    /// <summary>Posts an offer in H.264 alone, a camera's with a moving picture; true where it was sent to another node.</summary>
    private const string Join = """
        async (path) => {
          const peer = new RTCPeerConnection();
          let track = 'video';
          if (path.startsWith('/whip')) {
            const canvas = document.createElement('canvas');
            const brush = canvas.getContext('2d');
            let shade = 0;
            setInterval(() => { brush.fillStyle = `hsl(${shade += 7} 80% 50%)`; brush.fillRect(0, 0, 300, 150); }, 33);
            [track] = canvas.captureStream(30).getTracks();
          }
          const direction = path.startsWith('/whip') ? 'sendonly' : 'recvonly';
          const video = peer.addTransceiver(track, { direction });
          const side = direction === 'sendonly' ? RTCRtpSender : RTCRtpReceiver;
          video.setCodecPreferences(side.getCapabilities('video').codecs.filter((codec) => codec.mimeType === 'video/H264'));
          await peer.setLocalDescription();
          const answer = await fetch(path, {
            method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: peer.localDescription.sdp });
          if (!answer.ok) throw new Error(await answer.text());
          await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
          window.peer = peer;
          return answer.redirected;
        }
        """;

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

    /// <summary>Pages without VP8 in their offers, one of them a camera: what the second one decodes is what the first one coded.</summary>
    [Fact]
    public async Task Chromium_without_vp8_is_served_at_another_node()
    {
        IPage[] pages = await Task.WhenAll(_servers.Select(server => BareAsync(server)));
        if (!await pages[0].EvaluateAsync<bool>(
            "() => RTCRtpSender.getCapabilities('video').codecs.some((codec) => codec.mimeType === 'video/H264')"))
        {
            Assert.Skip("this Chromium has no H.264");
        }

        Assert.False(await pages[0].EvaluateAsync<bool>(Join, "/whip/h264"));
        Assert.False(await pages[1].EvaluateAsync<bool>(Join, "/whep/h264?view=source"), "it was sent elsewhere");
        await pages[1].WaitForFunctionAsync(
            """
            async () => {
              const stats = [...(await window.peer.getStats()).values()];
              const seen = stats.find((entry) => entry.type === 'inbound-rtp' && entry.kind === 'video');
              return seen?.framesDecoded > 30 && stats.some((entry) => entry.id === seen.codecId && entry.mimeType === 'video/H264');
            }
            """,
            null, new PageWaitForFunctionOptions { Timeout = Patience.Ms, PollingInterval = 100 });

        // The camera and one copy, for which nothing was coded.
        await UntilAsync(nodes => nodes[0].GetProperty("peers").GetInt32() == 2 && nodes[1].GetProperty("peers").GetInt32() == 1);
        JsonElement room = await _servers[0].Http.GetFromJsonAsync<JsonElement>("/api/rooms/h264");
        Assert.Equal(0, room.GetProperty("coded").GetInt64());
        Assert.Empty(_errors);
    }

    private async Task<IPage> BareAsync(ServerProcess server)
    {
        IPage page = await _context.NewPageAsync();
        await page.GotoAsync(new Uri(server.Address, "/api/health/ready").AbsoluteUri);
        return page;
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
