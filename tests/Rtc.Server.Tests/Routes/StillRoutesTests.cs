using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Rtc.Media;
using Rtc.Media.Images;
using Rtc.Server.Commands;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Routes;

/// <summary>One picture in, what is in it out.</summary>
public sealed class StillRoutesTests : IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    public void Dispose() => _state.Delete(recursive: true);

    [Theory]
    [InlineData("/api/detect")]
    [InlineData("/api/segment")]
    public async Task Picture_that_cannot_be_looked_at_is_refused(string at)
    {
        await using RunningHost host = await StartAsync(new ModelOptions { Name = "motion" });
        byte[] picture = Grey(64, 48);
        Assert.Equal("picture", (await PostAsync(host, HttpStatusCode.BadRequest, at, "no picture"u8.ToArray()))["code"]!.ToString());
        Assert.Equal("picture", (await PostAsync(host, HttpStatusCode.BadRequest, at, []))["code"]!.ToString());
        Assert.Equal("too_large",
            (await PostAsync(host, HttpStatusCode.RequestEntityTooLarge, at, new byte[100_001]))["code"]!.ToString());
        Assert.Contains(
            "Limits:MaxPixels", (await PostAsync(host, HttpStatusCode.RequestEntityTooLarge, at, Grey(500, 300)))["detail"]!.ToString(),
            StringComparison.Ordinal);

        // Its head alone tells: the rest, which may unpack to a gigabyte, is not looked at.
        byte[] head = Png.Encode(new Mask(500, 300, new RectF(0, 0, 500, 300)))[..40];
        Assert.Equal("too_large", (await PostAsync(host, HttpStatusCode.RequestEntityTooLarge, at, head))["code"]!.ToString());

        // No weights: a still picture has no movement, and nothing is invented.
        Assert.Equal("model_unavailable", (await PostAsync(host, HttpStatusCode.Conflict, at, picture))["code"]!.ToString());
    }

    [Fact]
    public async Task Settings_out_of_range_are_refused()
    {
        await using RunningHost host = await StartAsync(new ModelOptions { Name = "motion" });
        foreach (string query in (string[])["confidence=2", "nms=-1", "max_detections=0"])
        {
            Assert.Equal(
                "setting", (await PostAsync(host, HttpStatusCode.BadRequest, "/api/detect?" + query, Grey(64, 48)))["code"]!.ToString());
        }
    }

    [Fact]
    public async Task Public_server_asks_for_a_key()
    {
        await using RunningHost host = await StartAsync(
            new ModelOptions { Name = "motion" },
            new AuthOptions
            {
                Public = true, ApiKey = "an-api-key-that-nobody-sees", TokenKey = "a-token-key-that-nobody-sees-either",
            });
        await PostAsync(host, HttpStatusCode.Unauthorized, "/api/detect", Grey(64, 48));
    }

    [Fact]
    public async Task Detections_are_those_of_the_command()
    {
        string? data = Environment.GetEnvironmentVariable("RTC_TEST_DATA");
        Assert.SkipUnless(Directory.Exists(data), "RTC_TEST_DATA names no folder");
        string image = Path.Combine(data, "images", "crosswalk.jpg");
        string model = Path.Combine(data, "models", "yolox_nano.onnx");
        await using RunningHost host = await StartAsync(new ModelOptions { Name = model }, frameBytes: 4_000_000, pixels: 4_000_000);
        JsonNode answer = await PostAsync(host, HttpStatusCode.OK, "/api/detect", await File.ReadAllBytesAsync(image));
        using var output = new StringWriter();
        await RtcCommand.RunAsync(["detect", image, "--json", "--model", model], output, TextWriter.Null);
        JsonNode command = JsonNode.Parse(output.ToString())!["images"]![0]!;
        Assert.Equal(command["detections"]!.ToJsonString(), answer["detections"]!.ToJsonString());
        Assert.Equal((int)command["width"]!, (int)answer["width"]!);
        JsonNode few = await PostAsync(
            host, HttpStatusCode.OK, "/api/detect?max_detections=2&confidence=0.3", await File.ReadAllBytesAsync(image));
        Assert.Equal(2, few["detections"]!.AsArray().Count);
    }

    [Fact]
    public async Task Class_map_adds_up_to_its_places()
    {
        string? data = Environment.GetEnvironmentVariable("RTC_TEST_DATA");
        Assert.SkipUnless(Directory.Exists(data), "RTC_TEST_DATA names no folder");
        string model = Path.Combine(data, "models", "deeplab_v3_1_default_1.onnx");
        await using RunningHost host =
            await StartAsync(new ModelOptions { Name = "motion" }, frameBytes: 4_000_000, pixels: 4_000_000, segment: model);
        JsonNode answer = await PostAsync(
            host, HttpStatusCode.OK, "/api/segment?mode=fast", await File.ReadAllBytesAsync(Path.Combine(data, "images", "people.jpg")));
        int[] runs = [.. answer["map"]!["rle"]!.AsArray().Select(run => (int)run!)];
        Assert.Equal((int)answer["map"]!["width"]! * (int)answer["map"]!["height"]!, runs.Where((_, at) => at % 2 == 1).Sum());
        Assert.Equal("person", answer["classes"]![0]!["label"]!.ToString());
        double share = runs.Chunk(2).Where(run => answer["class_labels"]![run[0]]!.ToString() == "person").Sum(run => run[1])
            / (double)runs.Where((_, at) => at % 2 == 1).Sum();
        Assert.Equal(share, (double)answer["classes"]![0]!["coverage"]!, 0.001);
        await PostAsync(host, HttpStatusCode.Conflict, "/api/segment?mode=accurate", Grey(64, 48));
    }

    private static byte[] Grey(int width, int height)
    {
        using var pool = new PicturePool();
        using Picture picture = pool.Rent(width, height);
        for (int y = 0; y < height; y++)
        {
            picture.RowY(y).Fill(128);
        }

        for (int y = 0; y < picture.ChromaHeight; y++)
        {
            picture.RowU(y).Fill(128);
            picture.RowV(y).Fill(128);
        }

        return Jpeg.Encode(picture);
    }

    private Task<RunningHost> StartAsync(
        ModelOptions model, AuthOptions? auth = null, int frameBytes = 100_000, int pixels = 100_000, string? segment = null) =>
        RunningHost.StartAsync(RunningHost.Options with
        {
            Model = model,
            Auth = auth ?? new AuthOptions(),
            Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
            Limits = RunningHost.Options.Limits with { MaxPixels = pixels },
            Segmentation = new SegmentationOptions { FrameBytes = frameBytes, Fast = segment },
        });

    private static async Task<JsonNode> PostAsync(RunningHost host, HttpStatusCode expected, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        using HttpResponseMessage answer =
            await host.Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{path}: {answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
