using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>A camera that would send its picture in several sizes, or two tracks: one of them is on air, from first to last.</summary>
[Collection(LiveCollection.Name)]
public sealed class SimulcastTests(LiveFixture live, ITestOutputHelper output)
{
    private const string Connect = """
        const post = async (pc, path) => {
          await pc.setLocalDescription();
          await new Promise((done) => {
            if (pc.iceGatheringState === 'complete') done();
            pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done();
          });
          const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: pc.localDescription.sdp });
          await pc.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
        };
        window.__watch = async (room) => {
          const pc = window.watcher = new RTCPeerConnection();
          const video = document.createElement('video');
          video.muted = true; document.body.append(video);
          window.sizes = [];
          video.addEventListener('resize', () => window.sizes.at(-1) !== video.videoWidth && window.sizes.push(video.videoWidth));
          pc.ontrack = (e) => { video.srcObject = new MediaStream([e.track]); video.play(); };
          pc.addTransceiver('video', { direction: 'recvonly' });
          await post(pc, `/whep/${room}?view=source`);
          window.frames_shown = () => video.getVideoPlaybackQuality().totalVideoFrames;
        };
        window.__publish = async (room, ...tracks) => {
          const pc = window.camera = new RTCPeerConnection();
          for (const [constraints, encodings] of tracks) {
            const stream = await navigator.mediaDevices.getUserMedia({ video: constraints });
            const { sender } = pc.addTransceiver(stream.getVideoTracks()[0], { direction: 'sendonly', sendEncodings: encodings });
            await sender.setParameters({ ...sender.getParameters(), degradationPreference: 'maintain-resolution' });
          }
          await post(pc, `/whip/${room}`);
        };
        """;

    [Fact]
    public async Task Of_three_layers_a_viewer_sees_the_largest_alone()
    {
        IPage page = await WatchAsync("layers");
        await page.EvaluateAsync(
            "window.__publish('layers', [{ width: 640, height: 480 }, "
                + "[{ rid: 'q', scaleResolutionDownBy: 4 }, { rid: 'h', scaleResolutionDownBy: 2 }, { rid: 'f' }]])");

        Assert.Equal("640", await WidthsAsync(page));
    }

    [Fact]
    public async Task Of_two_tracks_a_viewer_sees_the_first_alone()
    {
        IPage page = await WatchAsync("tracks");
        await page.EvaluateAsync(
            "window.__publish('tracks', [{ width: 640, height: 480 }, [{}]], "
                + "[{ width: 640, height: 480 }, [{ scaleResolutionDownBy: 2 }]])");

        Assert.Equal("640", await WidthsAsync(page));
    }

    private async Task<IPage> WatchAsync(string room)
    {
        IBrowserContext context = await live.Browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.AddInitScriptAsync(Connect);
        await page.GotoAsync(live.Server.Address.ToString());
        await page.EvaluateAsync($"window.__watch('{room}')");
        return page;
    }

    /// <summary>The widths that a viewer was shown in its first pictures, in their order.</summary>
    private async Task<string> WidthsAsync(IPage page)
    {
        await page.WaitForFunctionAsync("() => window.frames_shown() > 120", null, new() { Timeout = Patience.Ms });
        string widths = await page.EvaluateAsync<string>("() => window.sizes.join(' ')");
        output.WriteLine(widths);
        await page.Context.DisposeAsync();
        return widths;
    }
}
