using System.Text.Json;
using Rtc.Media;
using Rtc.Media.Images;
using Rtc.Server.Commands;

namespace Rtc.Server.Tests.Commands;

public sealed class VisionCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-vision-").FullName;

    [Theory]
    [InlineData("detect", "/nowhere.jpg")]
    [InlineData("detect")]
    [InlineData("detect", "a.jpg", "b.jpg", "--out", "c.jpg")]
    [InlineData("detect", "a.jpg", "--confidence", "2")]
    [InlineData("track", "/nowhere.txt")]
    [InlineData("track")]
    [InlineData("focus", "/nowhere.jpg", "--select", "0.5,0.5", "--out", "x.jpg")]
    [InlineData("focus", "/nowhere.jpg", "--select", "middle", "--out", "x.jpg")]
    [InlineData("focus", "/nowhere.jpg", "--out", "x.jpg")]
    [InlineData("models", "pull", "../../etc/passwd")]
    [InlineData("models", "verify", "nobody")]
    [InlineData("models", "burn")]
    public async Task What_cannot_be_read_is_one_line_and_two(params string[] arguments)
    {
        (int code, string output, string error) = await RunAsync(arguments);

        Assert.Equal(RtcCommand.Misused, code);
        Assert.Empty(output);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.StartsWith("rtc: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_picture_and_one_that_is_no_table_are_named()
    {
        string file = Path.Combine(_folder, "text.jpg");
        await File.WriteAllTextAsync(file, "no picture\n");

        Assert.Contains("text.jpg is no JPEG picture", (await RunAsync("detect", file)).Error, StringComparison.Ordinal);
        Assert.Contains("text.jpg: line 1", (await RunAsync("track", file)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_none_is_said_and_nothing_is_invented()
    {
        using var pool = new PicturePool();
        using Picture picture = pool.Rent(64, 48);
        string image = Path.Combine(_folder, "grey.jpg");
        string model = Path.Combine(_folder, "garbage.onnx");
        await File.WriteAllBytesAsync(image, Jpeg.Encode(picture));
        await File.WriteAllTextAsync(model, "garbage");

        (int code, string output, string error) = await RunAsync("detect", image, "--model", model);

        Assert.Equal(RtcCommand.Failed, code);
        Assert.Empty(output);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Tracks_come_out_as_MOTChallenge_text()
    {
        string input = Path.Combine(_folder, "dets.txt");
        string into = Path.Combine(_folder, "tracks.txt");
        await File.WriteAllLinesAsync(input, Enumerable.Range(1, 5).Select(frame => $"{frame},-1,{100 + (frame * 2)},50,40,80,0.9"));

        (int code, _, _) = await RunAsync("track", input, "--out", into);
        (_, string printed, _) = await RunAsync("track", input);
        string[] lines = await File.ReadAllLinesAsync(into);

        Assert.Equal(RtcCommand.Good, code);
        Assert.Equal(5, lines.Length);
        Assert.All(lines, line => Assert.Equal("1", line.Split(',')[1]));
        Assert.Equal(await File.ReadAllTextAsync(into), printed);
    }

    [Fact]
    public async Task The_catalogue_is_listed_with_its_default()
    {
        (int code, string output, _) = await RunAsync("models", "list");

        Assert.Equal(RtcCommand.Good, code);
        Assert.Contains("yolox-nano", output, StringComparison.Ordinal);
        Assert.Contains("(default)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_model_finds_people_and_focus_blurs_the_rest()
    {
        string? data = Environment.GetEnvironmentVariable("RTC_TEST_DATA");
        Assert.SkipUnless(Directory.Exists(data), "RTC_TEST_DATA names no folder");
        string image = Path.Combine(data, "images", "crosswalk.jpg");
        string model = Path.Combine(data, "models", "yolox_nano.onnx");
        string into = Path.Combine(_folder, "focus.jpg");

        (int code, string output, string error) = await RunAsync("detect", image, "--json", "--model", model);
        Assert.True(code == RtcCommand.Good, error);
        JsonElement found = JsonDocument.Parse(output).RootElement;
        JsonElement first = found.GetProperty("detections")[0];
        double x = (first.GetProperty("xmin").GetDouble() + first.GetProperty("xmax").GetDouble()) / 2;
        double y = (first.GetProperty("ymin").GetDouble() + first.GetProperty("ymax").GetDouble()) / 2;
        string point = FormattableString.Invariant($"{x},{y}");
        (int focused, string said, string fault) = await RunAsync("focus", image, "--select", point, "--out", into, "--model", model);

        Assert.Equal(1280, found.GetProperty("width").GetInt32());
        Assert.True(found.GetProperty("detections").GetArrayLength() >= 5);
        Assert.Equal("person", first.GetProperty("label").GetString());
        Assert.True(focused == RtcCommand.Good, fault);
        Assert.StartsWith("person", said, StringComparison.Ordinal);
        Assert.True(Sharpness(into) < Sharpness(image) * 0.8, "the rest of the picture is not blurred");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static double Sharpness(string path)
    {
        using var pool = new PicturePool();
        Assert.True(Jpeg.TryDecode(File.ReadAllBytes(path), pool, out Picture? picture, out string? problem), problem);
        using (picture)
        {
            long sum = 0;
            for (int y = 0; y < picture!.Height; y++)
            {
                Span<byte> row = picture.RowY(y);
                for (int x = 1; x < row.Length; x++)
                {
                    sum += Math.Abs(row[x] - row[x - 1]);
                }
            }

            return (double)sum / (picture.Width * picture.Height);
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await RtcCommand.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
