using System.Diagnostics;
using System.Text.Json.Nodes;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Server.Commands;

namespace Rtc.Server.Tests.Commands;

/// <summary><c>rtc studio</c> as somebody calls it who has no server.</summary>
public sealed class StudioCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-studio-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("studio")]
    [InlineData("studio", "track", "a.mp4")]
    [InlineData("studio", "track", "/nowhere.mp4", "--x", "50", "--y", "50")]
    [InlineData("studio", "track", "a.mp4", "--x", "101", "--y", "50")]
    [InlineData("studio", "track", "a.mp4", "--x", "left", "--y", "50")]
    [InlineData("studio", "remove", "a.mp4", "--x", "50", "--y", "50", "--frame", "-1")]
    [InlineData("studio", "track", "a.mp4", "--x", "50", "--y", "50", "--points", "60,40")]
    [InlineData("studio", "track", "a.mp4", "--x", "50", "--y", "50", "--points", "[{\"x\":50,\"y\":101}]")]
    [InlineData("studio", "text", "a.mp4")]
    [InlineData("studio", "text", "a.mp4", "--prompt", " ")]
    [InlineData("studio", "text", "a.mp4", "--prompt", "car", "--provider", "abacus")]
    public async Task What_cannot_be_done_is_one_line_and_two(params string[] arguments)
    {
        (int code, string output, string error) = await RunAsync(arguments);
        Assert.Equal((RtcCommand.Misused, string.Empty), (code, output));
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.StartsWith("rtc: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_is_no_clip_is_named()
    {
        Assert.SkipWhen(VideoPrograms.Missing is not null, VideoPrograms.Missing ?? string.Empty);
        string file = Path.Combine(_folder, "a.mp4");
        await File.WriteAllTextAsync(file, "no video");
        (int code, _, string error) = await RunAsync("studio", "track", file, "--x", "50", "--y", "50", "--out", _folder);
        Assert.Equal(RtcCommand.Misused, code);
        Assert.Contains("a.mp4: ", error, StringComparison.Ordinal);
        Make(file, "testsrc=s=64x48:r=5:d=11");
        (code, _, error) = await RunAsync("studio", "track", file, "--x", "50", "--y", "50", "--out", _folder);
        Assert.Equal(RtcCommand.Misused, code);
        Assert.Contains("10 seconds at most", error, StringComparison.Ordinal);
        Assert.Equal(["a.mp4"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Clip_is_followed_cleared_and_searched_without_a_server()
    {
        Assert.SkipWhen(VideoPrograms.Missing is not null, VideoPrograms.Missing ?? string.Empty);
        string file = Path.Combine(_folder, "walk.mp4");
        Make(file, "color=0x3060a0:s=96x64:r=10:d=0.4,drawbox=x=30:y=16:w=30:h=30:c=red:t=fill");
        string into = Path.Combine(_folder, "out");
        string[] common = ["--model", "motion", "--out", into];
        (int code, string output, string error) = await RunAsync(["studio", "track", file, "--x", "45", "--y", "48", "--json", .. common]);
        Assert.True(code == RtcCommand.Good, error);
        JsonNode followed = JsonNode.Parse(output)!;
        Assert.Equal(["sam3", "mask", "track"], followed["steps"]!.AsArray().Select(step => step!.ToString()));
        Assert.Equal((true, "grabcut"), ((bool)followed["found"]!, followed["engine"]!["mask"]!.ToString()));
        (code, output, error) = await RunAsync(["studio", "remove", file, "--x", "45", "--y", "48", "--frame", "3", .. common]);
        Assert.True(code == RtcCommand.Good, error);
        Assert.Contains("The object was taken out.", output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(into, "inpainted_video.mp4"), output, StringComparison.Ordinal);
        Assert.Contains("fill: telea", output, StringComparison.Ordinal);
        (code, output, error) = await RunAsync(["studio", "text", file, "--prompt", "the red car", "--json", .. common]);
        Assert.True(code == RtcCommand.Good, error);
        JsonNode searched = JsonNode.Parse(output)!;
        Assert.Contains("The clip has no sound.", searched["response"]!.ToString(), StringComparison.Ordinal);
        foreach (string made in (string[])
        [
            followed["files"]!["masked_video"]!.ToString(), Path.Combine(into, "inpainted_video.mp4"),
            searched["files"]!["highlighted_video"]!.ToString(),
        ])
        {
            Assert.Equal(4, VideoProbe.Read(made, new ContainerLimits(), CancellationToken.None).Info!.TotalFrames);
        }
    }

    [Fact]
    public async Task Further_points_add_to_the_object_and_take_from_it()
    {
        Assert.SkipWhen(VideoPrograms.Missing is not null, VideoPrograms.Missing ?? string.Empty);
        string file = Path.Combine(_folder, "two.mp4");
        Make(file, "color=0x3060a0:s=96x64:r=10:d=0.2,drawbox=x=10:y=16:w=24:h=30:c=red:t=fill,"
            + "drawbox=x=60:y=16:w=24:h=30:c=yellow:t=fill");
        (int one, int both, int split) = (
            await AreaAsync(file), await AreaAsync(file, """[{"x":75,"y":48}]"""),
            await AreaAsync(file, """[{"x":75,"y":48},{"x":78,"y":50,"subtract":true}]"""));
        Assert.InRange(one, 600, 850);
        Assert.InRange(both, one + 600, one + 850);

        // The second is split between the click that adds and the one that takes away.
        Assert.InRange(split, one, both - 30);
    }

    /// <summary>Pixels of the first picture's mask.</summary>
    private async Task<int> AreaAsync(string file, string? points = null)
    {
        string into = Path.Combine(_folder, "points");
        string[] further = points is null ? [] : ["--points", points];
        (int code, _, string error) = await RunAsync(
            ["studio", "track", file, "--x", "23", "--y", "48", "--model", "motion", "--out", into, .. further]);
        Assert.True(code == RtcCommand.Good, error);
        JsonNode masks = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(into, "masks.json")))!;
        return masks["frames"]![0]!["rle"]!.AsArray().Where((_, i) => i % 2 == 1).Sum(run => (int)run!);
    }

    private static void Make(string path, string source)
    {
        using Process ffmpeg = Process.Start(
            "ffmpeg", ["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", path]);
        ffmpeg.WaitForExit();
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await RtcCommand.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
