using System.Text.Json;
using Microsoft.Playwright;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Media.Images;
using Rtc.Server.Commands;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>The page /focus with the real server, which it needs for its files and models alone.</summary>
[Collection(PagesCollection.Name)]
public sealed class FocusPageTests(PagesFixture pages, FocusServer server, ITestOutputHelper output)
    : IClassFixture<FocusServer>, IAsyncLifetime
{
    private const double MinIou = 0.98;
    private const double MaxScoreMiss = 0.02;
    private readonly List<string> _errors = [];
    private IBrowserContext _context = null!;
    private IPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        await server.StartAsync();
        _context = await pages.Browser.NewContextAsync(PageUnderTest.Desktop());
        _context.SetDefaultTimeout(Patience.Ms);
        await _context.AddInitScriptAsync(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "Rtc.EndToEnd.Tests", "Pages", "vision-probe.js")));
        _page = await _context.NewPageAsync();
        _page.PageError += (_, error) => _errors.Add(error);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    [Fact]
    public async Task Object_is_held_and_let_go_and_all_of_it_works_offline()
    {
        await OpenAsync($"/focus?model={FocusServer.Detector}&masks=off&provider=wasm");
        await ReadyAsync();
        await PlayAsync();

        // A click on the square holds it, and all but it is blurred; a second one lets it go.
        ILocator held = _page.Locator("#objects button").First;
        await Assertions.Expect(held).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^person [0-9]+$"));
        await ClickSquareAsync();
        await Assertions.Expect(_page.Locator("#objects button[aria-pressed=true]")).ToHaveCountAsync(1);
        await Assertions.Expect(_page.Locator("#scene")).ToHaveAttributeAsync("data-blurred", "true");
        await ClickSquareAsync();
        await Assertions.Expect(_page.Locator("#objects button[aria-pressed=true]")).ToHaveCountAsync(0);
        await Assertions.Expect(_page.Locator("#scene")).ToHaveAttributeAsync("data-blurred", "false");

        await Assertions.Expect(_page.Locator("#offline")).ToBeVisibleAsync();
        await server.KillAsync();
        int before = await DetectionsAsync();
        await _page.WaitForFunctionAsync("(before) => Number(document.documentElement.dataset.detections) > before + 2", before);
        await _page.ReloadAsync();
        await ReadyAsync();
        await PlayAsync();
        Assert.Empty(_errors);
    }

    [Theory]
    [InlineData(FocusServer.Pair, true)]
    [InlineData(FocusServer.Whole, false)]
    public async Task Mask_model_cuts_out_what_is_held(string model, bool isPair)
    {
        await OpenAsync("/focus?model=none");
        JsonElement found = await _page.EvaluateAsync<JsonElement>(
            """
            async ([detector, mask, isPair]) => {
              const at = (name) => ({ name, url: `${location.origin}/models/${name}.onnx` });
              const masks = isPair ? [at(`${mask}-encoder`), at(`${mask}-decoder`)] : [at(mask)];
              const ready = await vision.open({ detector: at(detector), masks });
              const square = () => vision.squares(512, 512, [128, 256, 128, 128]);
              const first = await vision.look(square(), 1000);
              vision.client.target(first.message.detections[0].track_id);
              const second = await vision.look(square(), 1033);
              const third = await vision.look(square(), 1066);
              const { unroll } = await import('/js/picture/mask-runs.js');
              const { width, height, track_id: id } = third.message.mask;
              const inside = unroll(third.message.mask);
              let shared = 0;
              let all = 0;
              for (let at = 0; at < inside.length; at++) {
                const x = (at % width + 0.5) / width * 512;
                const y = (Math.floor(at / width) + 0.5) / height * 512;
                const wanted = x >= 128 && x < 256 && y >= 256 && y < 384;
                if (wanted && inside[at]) shared++;
                if (wanted || inside[at]) all++;
              }
              const same = id === first.message.detections[0].track_id;
              return { masks: ready.masks, note: ready.note, iou: shared / all, encoded: third.encoded, same };
            }
            """,
            new object[] { FocusServer.Detector, model, isPair });
        output.WriteLine($"{found}");
        Assert.NotEqual(JsonValueKind.Null, found.GetProperty("masks").ValueKind);
        Assert.True(found.GetProperty("iou").GetDouble() > 0.9, $"{found}");
        Assert.True(found.GetProperty("same").GetBoolean());

        // The square stands still: its crop is encoded once where the embedding can be kept.
        Assert.Equal(isPair ? 1 : 2, found.GetProperty("encoded").GetInt32());
    }

    /// <summary>A processor that plays the graphics chip: enough to run both ways, and never chosen by itself.</summary>
    [Fact]
    public async Task WebGpu_finds_what_wasm_finds_and_software_is_not_chosen()
    {
        await OpenAsync("/focus?model=none");
        JsonElement found = await _page.EvaluateAsync<JsonElement>(
            """
            async (name) => {
              const detector = { name, url: `${location.origin}/models/${name}.onnx` };
              const results = [];
              for (const provider of ['webgpu', 'auto']) {
                const ready = await vision.open({ detector, provider });
                const picture = new VideoFrame(vision.squares(512, 384, [128, 256, 128, 128]), { timestamp: 1000 });
                const { message } = await vision.look(picture, 1000);
                const boxes = message.detections.map(({ xmin, ymin, xmax, ymax, score }) => [xmin, ymin, xmax, ymax, score]);
                results.push({ provider: ready.provider, adapter: ready.adapter, note: ready.note, boxes });
              }
              return results;
            }
            """,
            FocusServer.Detector);
        output.WriteLine($"{found}");
        Assert.Equal("webgpu", found[0].GetProperty("provider").GetString());
        Assert.Contains("swiftshader", found[0].GetProperty("adapter").GetString()!, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("wasm", found[1].GetProperty("provider").GetString());
        Assert.Equal(JsonValueKind.Null, found[1].GetProperty("adapter").ValueKind);
        Assert.Contains("not used", found[1].GetProperty("note").GetString()!, StringComparison.Ordinal);
        double[][] byChip = found[0].GetProperty("boxes").Deserialize<double[][]>()!;
        double[][] byProcessor = found[1].GetProperty("boxes").Deserialize<double[][]>()!;
        Assert.Single(byProcessor);
        Assert.Equal(byProcessor.Length, byChip.Length);
        Assert.All(byProcessor[0].Zip(byChip[0]), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.01));
    }

    [Theory]
    [InlineData("crosswalk.jpg")]
    [InlineData("people.jpg")]
    public async Task Browser_finds_the_boxes_that_the_server_finds(string photo)
    {
        string? data = Environment.GetEnvironmentVariable("RTC_TEST_DATA");
        Assert.SkipUnless(Directory.Exists(data), "RTC_TEST_DATA names no folder");
        string path = Path.Combine(data!, "images", photo);
        (List<Detection> expected, List<Detection> candidates, int width, int height, byte[] pixels) = OnServer(path);
        await OpenAsync("/focus?model=none");
        JsonElement found = await _page.EvaluateAsync<JsonElement>(
            """
            async (photo) => {
              await vision.open({ detector: { name: 'yolox-nano', url: `${location.origin}/models/yolox-nano.onnx` } });
              return (await vision.look(await vision.photo(photo), 1000)).message;
            }
            """,
            Convert.ToBase64String(pixels));
        Assert.Equal("browser", found.GetProperty("source").GetString());
        Assert.Equal((width, height), (found.GetProperty("width").GetInt32(), found.GetProperty("height").GetInt32()));
        (RectF Box, float Score)[] boxes =
        [
            .. found.GetProperty("detections").EnumerateArray().Select(one => (
                new RectF(
                    one.GetProperty("xmin").GetSingle() * width, one.GetProperty("ymin").GetSingle() * height,
                    one.GetProperty("xmax").GetSingle() * width, one.GetProperty("ymax").GetSingle() * height),
                one.GetProperty("score").GetSingle())),
        ];

        // The tracker begins with what is surely above the threshold; the ones on its edge are either's choice. So is which of
        // two boxes of one object is kept where their scores are alike: the page's is then the server's other one.
        int compared = 0;
        foreach (Detection wanted in expected.Where(detection => detection.Score > 0.6f + (float)MaxScoreMiss))
        {
            (RectF box, float score) = boxes.MaxBy(one => one.Box.Iou(wanted.Box));
            output.WriteLine($"{wanted.Score:F3} {score:F3} IoU {box.Iou(wanted.Box):F4}");
            Assert.True(box.Iou(wanted.Box) > 0.5f, $"{wanted.Box} became {box}");
            Assert.InRange(score, wanted.Score - MaxScoreMiss, wanted.Score + MaxScoreMiss);
            compared++;
        }

        Assert.True(compared >= 5, $"{compared} boxes");
        float[] nearest = [.. boxes.Select(one => candidates.Max(found => found.Box.Iou(one.Box))).Order()];
        output.WriteLine($"nearest of the server's candidates: {string.Join(' ', nearest.Select(overlap => $"{overlap:F4}"))}");
        Assert.InRange(nearest[nearest.Length / 2], MinIou, 1);
        Assert.InRange(nearest[0], 0.9, 1);
    }

    /// <summary>With the pixels that it looked at: a browser reads a JPEG's colours a level or two otherwise.</summary>
    private static (List<Detection> Found, List<Detection> All, int Width, int Height, byte[] Png) OnServer(string path)
    {
        using var pool = new PicturePool();
        string models = Path.Combine(Environment.GetEnvironmentVariable("RTC_TEST_DATA")!, "models");
        using var host = new ModelHost(new ModelHostOptions { Directory = models, Provider = "cpu", Threads = 1 });
        using IDetector detector = host.OpenDetector("yolox-nano", out string? problem);
        Assert.Null(problem);
        Assert.True(StillPicture.TryRead(path, pool, out Picture? picture, out string? wrong), wrong);
        using (picture)
        {
            List<Detection> found = [];
            detector.Detect(picture!, new DetectOptions { Confidence = 0.2f }, found);
            List<Detection> all = [];
            detector.Detect(picture!, new DetectOptions { Confidence = 0.2f, NmsThreshold = 0.999f, Maximum = 10_000 }, all);
            return (found, all, picture!.Width, picture.Height, Png.Encode(picture));
        }
    }

    private Task<IResponse?> OpenAsync(string path) => _page.GotoAsync(new Uri(server.Address, path).ToString());

    private Task ReadyAsync() =>
        Assertions.Expect(_page.Locator("#state")).ToHaveAttributeAsync("data-state", "ready", new() { Timeout = Patience.Ms });

    private async Task PlayAsync()
    {
        await _page.EvaluateAsync("() => vision.choose([128, 128, 128, 128])");
        await _page.WaitForFunctionAsync("() => Number(document.documentElement.dataset.detections) > 2");
        await Assertions.Expect(_page.Locator("#objects button")).Not.ToHaveCountAsync(0);
    }

    private Task<int> DetectionsAsync() => _page.EvaluateAsync<int>("() => Number(document.documentElement.dataset.detections)");

    /// <summary>In the middle of the square, which lies at a quarter to a half of a square picture.</summary>
    private async Task ClickSquareAsync()
    {
        LocatorBoundingBoxResult stage = (await _page.Locator("#overlay").BoundingBoxAsync())!;
        float side = Math.Min(stage.Width, stage.Height);
        await _page.Mouse.ClickAsync(
            stage.X + ((stage.Width - side) / 2) + (side * 0.375f), stage.Y + ((stage.Height - side) / 2) + (side * 0.375f));
    }
}
