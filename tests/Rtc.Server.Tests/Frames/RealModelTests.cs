using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rtc.Server.Hosting;
using Rtc.Server.Options;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Frames;

/// <summary>The real DeepLabV3 over the socket against an independent reading: ffmpeg decodes, Node runs the model and chooses.</summary>
public sealed class RealModelTests(ITestOutputHelper output)
{
    private const int Map = 257;

    [Theory]
    [InlineData("crosswalk.jpg")]
    [InlineData("people.jpg")]
    public async Task Mask_over_the_socket_is_the_independent_readings(string name)
    {
        string? data = Environment.GetEnvironmentVariable("RTC_TEST_DATA");
        Assert.SkipUnless(Directory.Exists(data), "RTC_TEST_DATA names no folder");
        string picture = Path.Combine(data, "images", name);
        string model = Path.Combine(data, "models", "deeplab_v3_1_default_1.onnx");
        RtcOptions options = RunningHost.Options with
        {
            Segmentation = new SegmentationOptions { Fast = model },
            Limits = RunningHost.Options.Limits with { MaxPixels = 50_000_000 },
        };
        await using RunningHost host = await RunningHost.StartAsync(options);
        await using FrameClient client = await FrameClient.ReadyAsync(host, "fast");
        await client.SendAsync(FrameClient.Frame(await File.ReadAllBytesAsync(picture)));
        JsonElement answer = await client.NextAsync("segmentation");
        Assert.Contains(
            "person", answer.GetProperty("metadata").GetProperty("detected_classes").EnumerateArray().Select(label => label.GetString()));
        byte[] png = answer.GetProperty("data").GetBytesFromBase64();
        (int width, int height) = ((png[18] << 8) | png[19], (png[22] << 8) | png[23]);

        byte[] mask = await RunAsync("ffmpeg", "-v error -f png_pipe -i - -f rawvideo -pix_fmt rgb24 -", png);
        byte[] i420 = await RunAsync("ffmpeg", $"-v error -i \"{picture}\" -pix_fmt yuv420p -f rawvideo -", []);
        string script = Path.Combine(RtcPaths.Find().Root, "tests", "Rtc.Inference.Tests", "Reference", "read.mjs");
        byte[] read = await RunAsync(
            "node", string.Create(CultureInfo.InvariantCulture, $"\"{script}\" deeplab \"{model}\" {width} {height} 0"), i420);
        byte[] classes = JsonDocument.Parse(read).RootElement.GetProperty("classes").GetBytesFromBase64();

        int same = 0;
        for (int at = 0; at < width * height; at++)
        {
            (int x, int y) = (at % width, at / width);
            Media.Drawing.Colour wanted =
                Media.Drawing.ClassColours.Voc(classes[((int)((y + 0.5) * Map / height) * Map) + (int)((x + 0.5) * Map / width)]);
            same += (mask[at * 3], mask[(at * 3) + 1], mask[(at * 3) + 2]) == (wanted.Red, wanted.Green, wanted.Blue) ? 1 : 0;
        }

        double share = (double)same / (width * height);
        output.WriteLine($"{share:P3} of {width}×{height} pixels alike");
        Assert.True(share >= 0.995, $"{share:P3} of the pixels alike");
    }

    private static async Task<byte[]> RunAsync(string program, string arguments, byte[] input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? started = null;
        try
        {
            started = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{program} is not installed");
        }

        using Process process = started!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task feeding = Task.Run(async () =>
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        });
        using var result = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(result);
        await process.WaitForExitAsync();
        await feeding;
        Assert.True(process.ExitCode == 0, await errors);
        return result.ToArray();
    }
}
