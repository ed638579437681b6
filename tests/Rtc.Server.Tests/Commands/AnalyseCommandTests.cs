using System.Text.Json.Nodes;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Containers.Writing;
using Rtc.Server.Commands;

namespace Rtc.Server.Tests.Commands;

/// <summary><c>rtc analyse</c> as somebody calls it who has no server.</summary>
public sealed class AnalyseCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-analyse-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("analyse")]
    [InlineData("analyse", "/nowhere.mp4")]
    [InlineData("analyse", "a.mp4", "--sample-every", "often")]
    [InlineData("analyse", "a.mp4", "--provider", "abacus")]
    public async Task What_cannot_be_done_is_one_line_and_two(params string[] arguments)
    {
        (int code, string output, string error) = await RunAsync(arguments);
        Assert.Equal((RtcCommand.Misused, string.Empty), (code, output));
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.StartsWith("rtc: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_is_no_video_is_named()
    {
        Assert.SkipWhen(VideoPrograms.Missing is not null, VideoPrograms.Missing ?? string.Empty);
        string file = Path.Combine(_folder, "a.mp4");
        await File.WriteAllTextAsync(file, "no video");
        (int code, _, string error) = await RunAsync("analyse", file, "--model", "motion");
        Assert.Equal(RtcCommand.Misused, code);
        Assert.Contains("a.mp4 can't be read", error, StringComparison.Ordinal);
        (code, _, error) = await RunAsync("analyse", file, "--model", "motion", "--sample-every", "0");
        Assert.Equal(RtcCommand.Misused, code);
        Assert.Contains("sample_every", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Video_is_analysed_without_a_server()
    {
        Assert.SkipWhen(VideoPrograms.Missing is not null, VideoPrograms.Missing ?? string.Empty);
        string file = Path.Combine(_folder, "walk.mp4");
        WriteClip(file);
        string into = Path.Combine(_folder, "out");
        (int code, string output, string error) =
            await RunAsync("analyse", file, "--model", "motion", "--sample-every", "2", "--confidence", "0.2", "--out", into);
        Assert.True(code == RtcCommand.Good, error);
        Assert.Contains("160×120", output, StringComparison.Ordinal);
        Assert.Contains("motion on embedded  36 frames", output, StringComparison.Ordinal);
        Assert.Contains("scene", output, StringComparison.Ordinal);
        Assert.Equal(
            ["walk.coco.json", "walk.csv", "walk.json", "walk.mot.txt"], Directory.GetFiles(into).Select(Path.GetFileName).Order());
        JsonNode written = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(into, "walk.json")))!;
        (code, output, _) = await RunAsync(
            "analyse", file, "--model", "motion", "--sample-every", "2", "--confidence", "0.2", "--json");
        Assert.Equal(RtcCommand.Good, code);
        Assert.Equal(written.ToJsonString(), JsonNode.Parse(output)!.ToJsonString());
        Assert.Equal(36, written["frames"]!.AsArray().Count);

        // One that walks through a still picture is found.
        Assert.InRange(written["frames"]!.AsArray().Count(frame => frame!["detections"]!.AsArray().Count > 0), 5, 36);
        Assert.InRange(written["tracks"]!.AsArray().Count, 1, 5);
        Assert.Single(written["scenes"]!.AsArray());
    }

    private static void WriteClip(string path)
    {
        using var pool = new PicturePool();
        var options = new FinishedVideoOptions
        {
            Width = 160, Height = 120, FrameRate = new Ratio(12, 1), Preset = "ultrafast", Quality = 14,
        };
        using FinishedVideo video = FinishedVideo.Create(path, options, new ContainerLimits(), CancellationToken.None);
        for (int number = 0; number < 72; number++)
        {
            using Picture picture = pool.Rent(160, 120);
            for (int y = 0; y < 120; y++)
            {
                for (int x = 0; x < 160; x++)
                {
                    bool isWalker = number > 15 && y is > 40 and < 90 && x > (number * 2) - 20 && x < (number * 2) - 2;
                    picture.RowY(y)[x] = (byte)(isWalker ? 210 : 60 + (((x / 8) + (y / 8)) % 3 * 20));
                }
            }

            for (int y = 0; y < 60; y++)
            {
                picture.RowU(y).Fill(128);
                picture.RowV(y).Fill(128);
            }

            Assert.True(video.TryWrite(picture), video.Refusal?.Message);
        }

        Assert.True(video.TryFinish(), video.Refusal?.Message);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await RtcCommand.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
