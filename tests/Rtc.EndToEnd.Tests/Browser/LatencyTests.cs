using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Rtc.Bench;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>
/// What a person would feel: Chromium publishes a canvas with a clock in it, reads the clock back from the picture
/// that returns, and takes the time of each result by the RTP timestamp of the picture it belongs to. The figures are
/// printed; the limits are far above them, for the machine is shared.
/// </summary>
[Collection(LiveCollection.Name)]
public sealed class LatencyTests(LiveFixture live, ITestOutputHelper output)
{
    private const int Settling = 2;
    private const string Measure = "async ({ width, height, mode, settling, seconds }) => {" + ClockPage.Script + """
          const canvas = document.createElement('canvas');
          canvas.width = width; canvas.height = height;
          const pen = canvas.getContext('2d', { alpha: false });
          let frame = 0;
          const draw = () => {
            pen.fillStyle = '#6b7075'; pen.fillRect(0, 0, width, height);
            for (let i = 0; i < 24; i++) { pen.fillStyle = i % 2 ? '#777d85' : '#5c6268'; pen.fillRect((i * 53) % width, 64 + ((i * 97) % (height - 64)), 40, 40); }
            const t = frame++ / 30;
            pen.fillStyle = '#d8d2a0'; pen.fillRect(width * (0.5 + 0.35 * Math.cos(t * 1.7)) - 40, height * 0.4, 80, 140);
            pen.fillStyle = '#203050'; pen.fillRect(width * (0.5 - 0.35 * Math.cos(t * 1.3)) - 50, height * 0.75, 100, 90);
            drawClock(pen);
          };
          const timer = setInterval(draw, 1000 / 30);
          const stream = canvas.captureStream(30);
          const pc = new RTCPeerConnection();
          const transceiver = pc.addTransceiver(stream.getVideoTracks()[0], { direction: 'sendrecv' });
          transceiver.setCodecPreferences(vp8());
          const channel = pc.createDataChannel('vision', { ordered: false, maxRetransmits: 0 });
          const arrived = new Map();
          channel.onmessage = (e) => { const m = JSON.parse(e.data); if (m.type === 'detections') arrived.set(m.rtp_timestamp, performance.now()); };
          const video = player(pc);
          await gathered(pc);
          const response = await fetch('/whip/latency-' + width + '?mode=' + mode, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: pc.localDescription.sdp });
          await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
          const look = clockReader(video, width);
          const captured = new Map(), latency = [];
          const from = performance.now() + settling * 1000;
          const read = (now, meta) => {
            const { seen, drawn } = look();
            const age = seen - drawn;
            if (age > 0 && age < 5000 && seen > from) { latency.push(age); captured.set(meta.rtpTimestamp, drawn); }
            video.requestVideoFrameCallback(read);
          };
          video.requestVideoFrameCallback(read);
          await new Promise((done) => setTimeout(done, (settling + seconds) * 1000));
          clearInterval(timer);
          const results = [...captured].filter(([ts]) => arrived.has(ts)).map(([ts, at]) => arrived.get(ts) - at);
          pc.close();
          return { latency, results };
        }
        """;

    private static readonly int s_measuring = LongRun.IsWanted ? 8 : 3;

    [Theory]
    [InlineData(640, 480, "plain", "motion")]
    [InlineData(1280, 720, "plain", "motion")]
    [InlineData(640, 480, "annotate", "yolox_nano.onnx")]
    public async Task A_clock_in_the_picture_comes_back_soon(int width, int height, string mode, string model)
    {
        Assert.SkipWhen(model != "motion" && Repository.TestData is null, "RTC_TEST_DATA is not set");

        await using ServerProcess? other = model == "motion"
            ? null
            : await ServerProcess.StartAsync(["--model", Path.Combine(Repository.TestData!, "models", model)]);
        ServerProcess server = other ?? live.Server;
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(server.Address.ToString());
        TimeSpan before = server.CpuTime();
        JsonElement measured =
            await page.EvaluateAsync<JsonElement>(Measure, new { width, height, mode, settling = Settling, seconds = s_measuring });
        double cores = (server.CpuTime() - before).TotalSeconds / (Settling + s_measuring);
        double[] latency = Sorted(measured.GetProperty("latency"));
        double[] results = Sorted(measured.GetProperty("results"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{width}×{height} {mode} ({model}): capture to return {At(latency, 0.5):0.0} / {At(latency, 0.95):0.0} ms ({latency.Length} "
                + $"pictures), to JSON {At(results, 0.5):0.0} / {At(results, 0.95):0.0} ms ({results.Length}); {cores:0.00} cores, "
                + $"{server.ResidentMegabytes():0} MB"));
        Assert.True(latency.Length > 30, "too few pictures came back with a clock that could be read");
        Assert.True(At(latency, 0.5) < 250, string.Create(CultureInfo.InvariantCulture, $"median {At(latency, 0.5):0} ms"));
        if (mode == "annotate")
        {
            Assert.True(results.Length > 10, "too few results could be matched to their pictures");
        }
    }

    private static double[] Sorted(JsonElement values) => [.. values.EnumerateArray().Select(value => value.GetDouble()).Order()];

    private static double At(double[] sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
}
