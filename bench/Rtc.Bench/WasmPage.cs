using System.Text.Json;
using Microsoft.Playwright;

namespace Rtc.Bench;

/// <summary>
/// A page of the server's that detects by itself, on a street that it draws: the vision worker alone, with no room and no network.
/// Measured is the time from a drawn picture to its boxes in the page.
/// </summary>
internal sealed class WasmPage
{
    /// <summary>Isolated, so that the runtime has threads; its own worker is the one without a model, and idle.</summary>
    private const string Address = "/focus?model=motion";

    private const string Script = """
        async ({ width, height, fps, model }) => {
          const { VisionClient } = await import('/js/vision/vision-client.js');
          const { drawScene } = await import('/js/demo/demo-scene.js');
          const canvas = new OffscreenCanvas(width, height);
          const pen = canvas.getContext('2d', { alpha: false });
          const bench = window.__bench = { filmed: 0, results: [], error: null };
          const detector = model === 'motion' ? { name: model } : { name: model, url: `${location.origin}/models/${model}.onnx` };
          const settings = { confidence: 0.35, nms: 0.45, maxDetections: 100, perSecond: 120 };
          let client, newest = 0, offered = 0;
          const offer = () => {
            if (!client.isFree || newest === offered) return;
            offered = newest;
            client.push(new VideoFrame(canvas, { timestamp: Math.round(newest * 1000) }), newest);
          };
          const ready = await new Promise((resolve, reject) => {
            client = new VisionClient({ type: 'open', detector, masks: [], provider: 'wasm', phone: false, settings }, {
              onReport: (report) => {
                if (report.type === 'ready') resolve(report);
                if (report.type === 'error') { bench.error = report.message; reject(new Error(report.message)); }
                if (report.type !== 'result') return;
                const now = performance.now();
                const { queue, prepare = 0, detect } = report.message.timings_ms;
                bench.results.push([now, now - report.stampMs, queue, prepare, detect]);
                offer();
              },
              onRestart: (reason) => { bench.error = reason; },
            });
          });
          setInterval(() => {
            newest = performance.now();
            drawScene(pen, width, height, newest / 1000);
            bench.filmed++;
            offer();
          }, 1000 / fps);
          window.__take = () => {
            const taken = { filmed: bench.filmed, results: bench.results, error: bench.error };
            bench.filmed = 0;
            bench.results = [];
            return taken;
          };
          return { model: ready.model, provider: `${ready.provider}, ${ready.threads} thread(s)` };
        }
        """;

    private readonly IPage _page;
    private double? _last;

    private WasmPage(IPage page) => _page = page;

    public UserMeasurements Figures { get; private set; } = new();

    /// <summary>Why the worker failed or began anew; null where it did not.</summary>
    public string? Error { get; private set; }

    public static async Task<WasmPage> OpenAsync(IPage page, Uri server, RunPlan plan, string model)
    {
        await page.GotoAsync(new Uri(server, Address).ToString());
        var opened = new WasmPage(page);
        JsonElement ready;
        try
        {
            ready = await page.EvaluateAsync<JsonElement>(
                Script, new { width = plan.Width, height = plan.Height, fps = plan.FramesPerSecond, model });
        }
        catch (PlaywrightException error)
        {
            // Such as: the runtime for browsers is not installed. The stack behind the first line is the page's.
            throw new RunFailedException(error.Message.Split('\n')[0]);
        }

        var ages = new Samples();
        opened.Figures = new UserMeasurements
        {
            Latency = ages,
            ResultLatency = ages,
            Model = ready.GetProperty("model").GetString(),
            Provider = ready.GetProperty("provider").GetString(),
        };
        return opened;
    }

    /// <summary>Adds what was measured since the last call, or forgets it.</summary>
    public async Task TakeAsync(bool counts = true)
    {
        JsonElement taken = await _page.EvaluateAsync<JsonElement>("() => window.__take()");
        Error ??= taken.GetProperty("error").GetString();
        if (!counts)
        {
            return;
        }

        Figures.Sent += taken.GetProperty("filmed").GetInt64();
        foreach (JsonElement result in taken.GetProperty("results").EnumerateArray())
        {
            double at = result[0].GetDouble();
            Figures.ResultLatency.Add(result[1].GetDouble());
            Figures.QueueMs.Add(result[2].GetDouble());
            Figures.InferenceMs.Add(result[3].GetDouble() + result[4].GetDouble());
            if (_last is { } last)
            {
                Figures.AddGap(at - last);
            }

            _last = at;
            Figures.Results++;
            Figures.Returned++;
        }
    }
}
