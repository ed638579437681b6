using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Playwright;
using Rtc.Bench;
using Rtc.EndToEnd.Tests.Browser;
using Rtc.EndToEnd.Tests.Foreign;
using Rtc.EndToEnd.Tests.Signalling;
using Xunit;

namespace Rtc.EndToEnd.Tests.Examples;

/// <summary>
/// The examples against the packed packages: each does for a browser, the server or a foreign client what its readme says.
/// </summary>
[Collection(ForeignCollection.Name)]
public sealed class ExampleTests(BuiltExamples examples, ITestOutputHelper output) : IClassFixture<BuiltExamples>
{
    private const string Decoded = """
        async () => {
          const reports = [...(await window.__peers[0].getStats()).values()];
          return reports.find((report) => report.type === 'inbound-rtp')?.framesDecoded ?? 0;
        }
        """;

    private static readonly TimeSpan s_patience = Patience.Time;

    [Theory]
    [InlineData("Echo")]
    [InlineData("PublishFile")]
    [InlineData("RecordFile")]
    [InlineData("DataChat")]
    [InlineData("WatchRoom")]
    public void Example_is_built_against_the_package(string example)
    {
        output.WriteLine($"packed and built in {examples.Took.TotalSeconds:0.0} s");
        JsonElement libraries = JsonDocument.Parse(File.ReadAllText(examples.FileOf(example, example + ".deps.json"))).RootElement
            .GetProperty("libraries");
        foreach (string package in (string[])["Rtc.Client", "Rtc.Peer", "Rtc.Bitstream"])
        {
            Assert.Equal("package", libraries.GetProperty($"{package}/{examples.Version}").GetProperty("type").GetString());
            Assert.True(File.Exists(Path.Combine(examples.Packages, $"{package}.{examples.Version}.snupkg")), $"{package} has no symbols");
        }
    }

    [Fact]
    public async Task Echo_sends_a_browsers_video_back()
    {
        Tools.NeedChromium();
        (RunningExample echo, Uri address) = await examples.ServeAsync("Echo");
        await using RunningExample _ = echo;
        await using ChromiumBrowser chromium = await ChromiumBrowser.LaunchAsync();
        var errors = new List<string>();
        IPage page = await PageProbe.OpenAsync(await chromium.Browser.NewContextAsync(), address, errors);
        int decoded = 0;
        await UntilAsync(
            async () => (decoded = await page.EvaluateAsync<int>(Decoded)) > 30,
            () => $"{decoded} pictures came back ({string.Join("; ", errors)}); the program says:\n{echo.Output}");
        Assert.Equal(640, await page.EvaluateAsync<int>("() => document.getElementById('echo').videoWidth"));
        output.WriteLine($"{decoded} pictures decoded");
    }

    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public async Task PublishFile_plays_round_and_round_into_a_room(VideoCodec codec)
    {
        string file = examples.TemporaryFile($"{codec}.ivf");
        await TestClip.MakeAsync(file, codec);
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"]);
        await using RunningExample publisher = examples.Start(
            "PublishFile", file, new Uri(server.Address, "/whip/clip?mode=plain").ToString());
        await publisher.UntilSaysAsync("on air");
        await using BenchViewer viewer = await MediaClient.WatchAsync(server, server.Http, "clip");
        long began = Stopwatch.GetTimestamp();
        await UntilAsync(() => Task.FromResult(viewer.Frames > (3 * TestClip.Pictures) / 2), () =>
            $"{viewer.Frames} pictures reached the viewer\n{publisher.Output}\n{server.Output}");
        output.WriteLine($"{viewer.Frames} pictures, {viewer.Freezes} gaps in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 2.4, 12); // 90 pictures are three seconds
        Assert.Equal(0, await publisher.InterruptAsync());
        await UntilAsync(
            async () =>
                JsonDocument.Parse(await server.Http.GetStringAsync("/api/rooms/clip")).RootElement.GetProperty("phones").GetInt32() == 0,
            () => "the publisher's session is still there");
    }

    [Fact]
    public async Task PublishFile_refuses_what_is_no_ivf()
    {
        string file = examples.TemporaryFile("odd.ivf");
        await File.WriteAllTextAsync(file, "not a film", TestContext.Current.CancellationToken);
        await using RunningExample publisher = examples.Start("PublishFile", file, "http://127.0.0.1:9/whip/clip");
        Assert.Equal(1, await publisher.ExitAsync());
        Assert.Contains("not an IVF file", publisher.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vp8")]
    [InlineData("h264")]
    public async Task RecordFile_writes_what_a_foreign_client_publishes(string codec)
    {
        await Tools.NeedAsync("aiortc", "/usr/bin/python3", "-c \"import aiortc\"");
        string folder = examples.TemporaryFile($"recordings-{codec}");
        (RunningExample recorder, Uri address) = await examples.ServeAsync("RecordFile", folder);
        await using RunningExample _ = recorder;
        JsonElement published = await Script.RunAsync(
            "aiortc_client.py", output, ["publish", new Uri(address, "/whip").ToString(), "--until", "sent=90", "--codec", codec]);
        Assert.Equal(201, published.GetProperty("status").GetInt32());
        await recorder.UntilSaysAsync("pictures");
        string file = Assert.Single(Directory.GetFiles(folder));
        string probed = await Tools.RunAsync(
            "ffprobe", $"-v error -count_frames -show_entries stream=codec_name,width,height,nb_read_frames -of json {file}");
        JsonElement stream = Assert.Single(JsonDocument.Parse(probed).RootElement.GetProperty("streams").EnumerateArray());
        Assert.Equal(codec, stream.GetProperty("codec_name").GetString());
        Assert.Equal(640, stream.GetProperty("width").GetInt32());
        int pictures = int.Parse(stream.GetProperty("nb_read_frames").GetString()!, CultureInfo.InvariantCulture);
        output.WriteLine($"{pictures} pictures of {published.GetProperty("sent").GetInt32()}");
        Assert.True(pictures >= 60, $"{pictures} pictures");
        Assert.Equal("", await Tools.RunAsync("ffmpeg", $"-v error -i {file} -f null -"));
    }

    [Fact]
    public async Task DataChat_brings_each_line_to_all()
    {
        Tools.NeedChromium();
        (RunningExample chat, Uri address) = await examples.ServeAsync("DataChat");
        await using RunningExample _ = chat;
        await using ChromiumBrowser chromium = await ChromiumBrowser.LaunchAsync();
        IBrowserContext context = await chromium.Browser.NewContextAsync();
        IPage[] pages = [await context.NewPageAsync(), await context.NewPageAsync()];
        foreach (IPage page in pages)
        {
            await page.GotoAsync(address.ToString());
            await page.GetByText("connected", new PageGetByTextOptions { Exact = true }).WaitForAsync();
        }

        string[] lines = ["Good morning", "Grüße, 世界 <b>"];
        for (int i = 0; i < pages.Length; i++)
        {
            await pages[i].FillAsync("#line", lines[i]);
            await pages[i].PressAsync("#line", "Enter");
            foreach (IPage page in pages)
            {
                await UntilAsync(
                    async () => (await page.Locator("#lines li").AllTextContentsAsync()).SequenceEqual(lines[..(i + 1)]),
                    () => $"line {i} did not arrive; the program says:\n{chat.Output}");
            }
        }
    }

    [Theory]
    [InlineData("Echo", "/echo")]
    [InlineData("RecordFile", "/whip")]
    [InlineData("DataChat", "/chat")]
    public async Task Bad_offers_are_refused(string example, string path)
    {
        (RunningExample running, Uri address) = await examples.ServeAsync(example);
        await using RunningExample _ = running;
        using var http = new HttpClient { BaseAddress = address };
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await PostAsync("v=0", "text/plain"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("v=0", "application/sdp"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(new string('v', 80_000), "application/sdp"));
        Assert.DoesNotContain("Unhandled", running.Output, StringComparison.Ordinal);

        async Task<HttpStatusCode> PostAsync(string text, string type)
        {
            using var content = new StringContent(text, new MediaTypeHeaderValue(type));
            using HttpResponseMessage response = await http.PostAsync(path, content);
            return response.StatusCode;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> done, Func<string> otherwise)
    {
        for (long began = Stopwatch.GetTimestamp(); !await done(); await Task.Delay(50))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, otherwise());
        }
    }
}
