using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Rtc.Bench;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>
/// Chromium publishes a drifting street with a clock in it and watches the source over a link of 500 kbit/s, a third of
/// what it sends: the pictures come on, and soon.
/// </summary>
[Collection(LiveCollection.Name)]
public sealed class ThinLinkTests(LiveFixture live, ITestOutputHelper output)
{
    private const string Measure = "async ({ photograph, layers, port, seconds }) => {" + ClockPage.Script + """
          const width = 640, height = 480;
          const image = new Image();
          image.src = 'data:image/jpeg;base64,' + photograph;
          await image.decode();
          const canvas = document.createElement('canvas');
          canvas.width = width; canvas.height = height;
          const pen = canvas.getContext('2d', { alpha: false });
          const draw = () => {
            const t = performance.now() / 1000;
            pen.drawImage(image, 200 + 150 * Math.sin(t * 0.5), 100 + 80 * Math.sin(t * 0.7), width, height, 0, 0, width, height);
            drawClock(pen);
          };
          draw();
          const timer = setInterval(draw, 1000 / 30);
          const post = async (pc, path, bend) => {
            await gathered(pc);
            const response = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: bend ? pc.localDescription.sdp.split('\r\n').filter((l) => !l.startsWith('a=candidate:')).join('\r\n') : pc.localDescription.sdp });
            let sdp = await response.text();
            if (bend) {
              sdp = sdp.split('\r\n').filter((l) => !(l.startsWith('a=candidate:') && / tcp /i.test(l)))
                .map((l) => { if (!l.startsWith('a=candidate:')) return l; const p = l.split(' '); p[4] = '127.0.0.1'; p[5] = String(port); return p.join(' '); })
                .filter((l, i, all) => all.indexOf(l) === i).join('\r\n');
            }
            await pc.setRemoteDescription({ type: 'answer', sdp });
          };
          const phone = new RTCPeerConnection();
          const encoding = layers ? { maxBitrate: 1700000, scalabilityMode: layers } : { maxBitrate: 1700000 };
          const sending = phone.addTransceiver(canvas.captureStream(30).getVideoTracks()[0], { direction: 'sendonly', sendEncodings: [encoding] });
          sending.setCodecPreferences(vp8());
          await post(phone, `/whip/thin${layers}?mode=annotate`, false);
          await new Promise((done) => setTimeout(done, 4000));
          const viewer = new RTCPeerConnection();
          viewer.addTransceiver('video', { direction: 'recvonly' });
          const video = player(viewer);
          await post(viewer, `/whep/thin${layers}?view=source`, true);
          const look = clockReader(video, width);
          const latency = [];
          const from = performance.now() + 5000;
          let last = 0, gap = 0;
          const read = () => {
            const { seen, drawn } = look();
            const age = seen - drawn;
            if (age > 0 && age < 8000 && seen > from) { latency.push(age); gap = Math.max(gap, last ? seen - last : 0); last = seen; }
            video.requestVideoFrameCallback(read);
          };
          video.requestVideoFrameCallback(read);
          await new Promise((done) => setTimeout(done, 5000 + seconds * 1000));
          clearInterval(timer);
          let about = '';
          for (const s of (await phone.getStats()).values()) if (s.type === 'outbound-rtp') about += `the phone sent ${s.frameWidth} wide, ${s.framesPerSecond} a second for ${Math.round(s.targetBitrate / 1000)} kbit/s (limited by ${s.qualityLimitationReason})`;
          for (const s of (await viewer.getStats()).values()) if (s.type === 'inbound-rtp') about += `; the viewer received ${s.framesReceived}, decoded ${s.framesDecoded} (${s.keyFramesDecoded} key), dropped ${s.framesDropped}, asked for ${s.pliCount} key frames, lost ${s.packetsLost}, waited ${Math.round(1000 * s.jitterBufferDelay / s.jitterBufferEmittedCount)} ms`;
          phone.close(); viewer.close();
          return { latency, gap, about };
        }
        """;

    /// <summary>As the phone's page sends it; all other kinds are tried in virtual time.</summary>
    [Fact]
    public async Task Source_behind_500_kilobits_keeps_moving_and_is_soon_there()
    {
        const string Layers = "L1T2";
        Assert.SkipWhen(Repository.TestData is null, "RTC_TEST_DATA is not set");
        const int Seconds = 5;
        string photograph =
            Convert.ToBase64String(await File.ReadAllBytesAsync(Path.Combine(Repository.TestData!, "images", "crosswalk.jpg")));
        using var link = new ImpairedLink(live.Server.MediaPort, new LinkQuality(RoundTripMs: 50, RateKbps: 500));
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(live.Server.Address.ToString());
        JsonElement measured =
            await page.EvaluateAsync<JsonElement>(Measure, new { photograph, layers = Layers, port = link.Port, seconds = Seconds });
        double[] latency = [.. measured.GetProperty("latency").EnumerateArray().Select(value => value.GetDouble()).Order()];
        double rate = latency.Length / (double)Seconds;
        double median = latency.Length == 0 ? double.NaN : latency[latency.Length / 2];
        string result = string.Create(
            CultureInfo.InvariantCulture,
            $"{Layers}: {rate:0.0} a second, longest gap {measured.GetProperty("gap").GetDouble():0} ms, median {median:0} ms; "
                + $"{measured.GetProperty("about").GetString()}");

        output.WriteLine(result);

        // By the phone's own pictures alone it is 4 a second at 1,060 ms. The machine is shared: on a quiet one it is over 20 at 150.
        Assert.True(rate >= 10 && median <= 500, result);
    }
}
