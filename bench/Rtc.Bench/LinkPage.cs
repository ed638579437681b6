using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace Rtc.Bench;

/// <summary>
/// A page of headless Chromium that publishes a moving picture with a clock in it through a relay, reads the clock back
/// from the picture that returns, and counts what it sent, received, decoded and showed. Owns its browser.
/// </summary>
internal sealed class LinkPage : IAsyncDisposable
{
    private const string Script = "async ({ width, height, mode, port, bitrate }) => {" + ClockPage.Script + """
          const noise = new OffscreenCanvas(width * 2, height), ink = noise.getContext('2d');
          let dice = 7;
          const roll = (n) => (dice = (dice * 1103515245 + 12345) & 0x7fffffff) % n;
          for (let i = 0; i < 2600; i++) {
            ink.fillStyle = `rgb(${60 + roll(120)},${60 + roll(120)},${60 + roll(120)})`;
            ink.fillRect(roll(width * 2), roll(height), 4 + roll(44), 4 + roll(44));
          }
          const canvas = document.createElement('canvas');
          canvas.width = width; canvas.height = height;
          const pen = canvas.getContext('2d', { alpha: false });
          let frame = 0;
          const draw = () => {
            const t = frame++ / 30;
            pen.drawImage(noise, -Math.round((Math.sin(t * 0.4) + 1) * width / 2), 0);
            pen.fillStyle = '#d8d2a0'; pen.fillRect(width * (0.5 + 0.35 * Math.cos(t * 1.7)) - 40, height * 0.4, 80, 140);
            pen.fillStyle = '#203050'; pen.fillRect(width * (0.5 - 0.35 * Math.cos(t * 1.3)) - 50, height * 0.75, 100, 90);
            drawClock(pen);
          };
          setInterval(draw, 1000 / 30);
          const pc = new RTCPeerConnection();
          const transceiver = pc.addTransceiver(canvas.captureStream(30).getVideoTracks()[0], { direction: 'sendrecv', sendEncodings: [{ maxBitrate: bitrate * 1000 }] });
          transceiver.setCodecPreferences(vp8());
          const video = player(pc);
          await gathered(pc);
          const hidden = pc.localDescription.sdp.split('\r\n').filter((l) => !l.startsWith('a=candidate:')).join('\r\n');
          const response = await fetch('/whip/link?mode=' + mode, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: hidden });
          const answer = (await response.text()).split('\r\n').filter((l) => !(l.startsWith('a=candidate:') && / tcp /i.test(l)))
            .map((l) => { if (!l.startsWith('a=candidate:')) return l; const p = l.split(' '); p[4] = '127.0.0.1'; p[5] = port; return p.join(' '); })
            .filter((l, i, all) => !l.startsWith('a=candidate:') || all.indexOf(l) === i).join('\r\n');
          await pc.setRemoteDescription({ type: 'answer', sdp: answer });
          const look = clockReader(video, width);
          let shown = [];
          const read = (now, meta) => {
            const { seen, drawn } = look();
            shown.push([seen, seen - drawn, meta.presentedFrames]);
            video.requestVideoFrameCallback(read);
          };
          video.requestVideoFrameCallback(read);
          const count = async () => {
            const all = { drawn: frame, presented: shown.length ? shown[shown.length - 1][2] : 0 };
            for (const s of (await pc.getStats()).values()) {
              if (s.type === 'outbound-rtp') Object.assign(all, { encoded: s.framesEncoded, sent: s.framesSent, keysSent: s.keyFramesEncoded, sentBytes: s.bytesSent, sentAgain: s.retransmittedPacketsSent });
              if (s.type === 'inbound-rtp') Object.assign(all, { received: s.framesReceived, decoded: s.framesDecoded, dropped: s.framesDropped, keys: s.keyFramesDecoded, bytes: s.bytesReceived, packets: s.packetsReceived, lost: s.packetsLost, nacks: s.nackCount, plis: s.pliCount, bufferDelay: s.jitterBufferDelay, buffered: s.jitterBufferEmittedCount, decodeTime: s.totalDecodeTime, processing: s.totalProcessingDelay });
            }
            return all;
          };
          window.__take = async () => { const taken = { counts: await count(), shown, now: performance.now() }; shown = []; return taken; };
          return pc.connectionState;
        }
        """;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly IPage _page;

    private LinkPage(IPlaywright playwright, IBrowser browser, IPage page)
    {
        _playwright = playwright;
        _browser = browser;
        _page = page;
    }

    public static string Chromium =>
        new[] { Environment.GetEnvironmentVariable("RTC_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome" }
            .FirstOrDefault(File.Exists) ?? throw new UsageException("no Chromium: apt install chromium");

    /// <summary>Headless, doing nothing of its own.</summary>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, params string[] more) =>
        playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Headless = true,
            Args = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", .. more],
        });

    public static async Task<LinkPage> OpenAsync(Uri server, int port, LinkJob job)
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await LaunchAsync(playwright, "--disable-gpu", "--disable-quic", "--disable-sync");
        var opened = new LinkPage(playwright, browser, await browser.NewPageAsync());
        await opened._page.GotoAsync(server.ToString());
        await opened._page.EvaluateAsync<string>(
            Script,
            new { width = job.Width, height = job.Height, mode = job.Mode, port = port.ToString(CultureInfo.InvariantCulture),
                bitrate = job.BitrateKbps });
        return opened;
    }

    /// <summary>What was counted since the page began, and each picture that was shown since the last call.</summary>
    public Task<JsonElement> TakeAsync() => _page.EvaluateAsync<JsonElement>("() => window.__take()");

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
