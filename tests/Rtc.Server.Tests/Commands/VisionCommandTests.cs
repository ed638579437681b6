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
    [InlineData("detect", "a.jpg", "--confidence", "high")]
    [InlineData("detect", "a.jpg", "--out", "b.jpg", "--out", "c.jpg")]
    [InlineData("detect", "a.jpg", "--provider", "abacus")]
    [InlineData("track", "/nowhere.txt")]
    [InlineData("track")]
    [InlineData("focus", "/nowhere.jpg", "--select", "0.5,0.5", "--out", "x.jpg")]
    [InlineData("focus", "/nowhere.jpg", "--select", "middle", "--out", "x.jpg")]
    [InlineData("focus", "/nowhere.jpg", "--select", "0.5,0.5", "--blur", "strong", "--out", "x.jpg")]
    [InlineData("focus", "/nowhere.jpg", "--out", "x.jpg")]
    [InlineData("segment", "/nowhere.jpg", "--out", "x.png")]
    [InlineData("segment", "/nowhere.jpg")]
    [InlineData("segment", "a.jpg", "--mode", "motion", "--out", "x.png")]
    [InlineData("segment", "a.jpg", "--overlay", "mask", "--out", "x.jpg")]
    [InlineData("segment", "a.jpg", "--overlay", "glitter", "--out", "x.png")]
    [InlineData("segment", "a.jpg", "--opacity", "2", "--out", "x.png")]
    [InlineData("segment", "a.jpg", "--opacity", "half", "--out", "x.png")]
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

        Assert.Contains("text.jpg is no JPEG, PNG or WebP picture", (await RunAsync("detect", file)).Error, StringComparison.Ordinal);
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

        Assert.Equal(RtcCommand.Misused, code);
        Assert.Empty(output);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Equal(RtcCommand.Misused, (await RunAsync("detect", image, "--model", "nosuch")).Code);
        Assert.Equal(RtcCommand.Misused,
            (await RunAsync("focus", image, "--select", "0.5,0.5", "--out", Path.Combine(_folder, "x.jpg"), "--model", "nosuch")).Code);
    }

    [Theory]
    [InlineData("disc.png")]
    [InlineData("disc.jpg")]
    public async Task Focus_needs_no_detector_where_something_stands_out(string name)
    {
        string image = Path.Combine(_folder, name);
        string into = Path.Combine(_folder, "focus.png");
        WriteDisc(image);

        (int code, string output, string error) =
            await RunAsync("focus", image, "--select", "0.4,0.5", "--out", into, "--model", "motion", "--json");
        (int beside, _, string said) = await RunAsync("focus", image, "--select", "0.85,0.2", "--out", into, "--model", "motion");

        Assert.True(code == RtcCommand.Good, error);
        Assert.Equal("object", JsonDocument.Parse(output).RootElement.GetProperty("label").GetString());
        Assert.Equal(RtcCommand.Failed, beside);
        Assert.Contains("nothing stands out there", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("out.png", null, 3)]
    [InlineData("out.png", "filled", 2)]
    [InlineData("out.jpg", "side-by-side", null)]
    public async Task Real_model_segments_a_picture_into_a_file(string file, string? overlay, int? pngColours)
    {
        string? data = Environment.GetEnvironmentVariable("RTC_TEST_DATA");
        Assert.SkipUnless(Directory.Exists(data), "RTC_TEST_DATA names no folder");
        string into = Path.Combine(_folder, file);
        string[] arguments = ["segment", Path.Combine(data, "images", "people.jpg"), "--model", Path.Combine(data, "models",
            "deeplab_v3_1_default_1.onnx"), "--out", into, "--json", .. overlay is null ? (string[])[] : ["--overlay", overlay]];

        (int code, string output, string error) = await RunAsync(arguments);

        Assert.True(code == RtcCommand.Good, error);
        JsonElement told = JsonDocument.Parse(output).RootElement;
        Assert.Equal("fast", told.GetProperty("model_mode").GetString());
        Assert.True(told.GetProperty("coverage").GetProperty("person").GetDouble() > 0.02, output);
        byte[] written = await File.ReadAllBytesAsync(into);
        Assert.Equal(pngColours, written[0] == 0x89 ? written[25] : null);
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
        JsonElement track = JsonDocument.Parse((await RunAsync("track", input, "--json")).Output).RootElement.GetProperty("tracks")[0];
        Assert.Equal(5, track.GetProperty("frames").GetArrayLength());
    }

    [Fact]
    public async Task The_catalogue_is_listed_with_its_default()
    {
        (int code, string output, _) = await RunAsync("models", "list");

        Assert.Equal(RtcCommand.Good, code);
        Assert.Contains("yolox-nano", output, StringComparison.Ordinal);
        Assert.Contains("(default)", output, StringComparison.Ordinal);
        JsonElement models = JsonDocument.Parse((await RunAsync("models", "list", "--json")).Output).RootElement.GetProperty("models");
        Assert.Single(models.EnumerateArray(), model => model.GetProperty("is_default").GetBoolean());
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
        JsonElement found = JsonDocument.Parse(output).RootElement.GetProperty("images")[0];
        Assert.Equal(image, found.GetProperty("file").GetString());
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

    /// <summary>A bright disc on a dark, grainy ground.</summary>
    private static void WriteDisc(string path)
    {
        using var pool = new PicturePool();
        using Picture picture = pool.Rent(320, 240);
        var random = new Random(3);
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                bool inside = Math.Pow(x - 128, 2) + Math.Pow(y - 120, 2) < 24 * 24;
                picture.RowY(y)[x] = (byte)((inside ? 190 : 60) + random.Next(-8, 9));
                picture.RowU(y / 2)[x / 2] = (byte)(inside ? 90 : 128);
                picture.RowV(y / 2)[x / 2] = (byte)(inside ? 170 : 128);
            }
        }

        File.WriteAllBytes(path, path.EndsWith(".png", StringComparison.Ordinal) ? Png.Encode(picture) : Jpeg.Encode(picture));
    }

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
