using System.Runtime.InteropServices;
using Rtc.Inference.Hosting;
using Rtc.Inference.Tests.Models;
using Rtc.Media;

namespace Rtc.Inference.Tests.Onnx;

/// <summary>The WebGPU provider on Chromium's software GPU, where that is installed: slow, and equal to the processor.</summary>
public sealed partial class WebGpuTests
{
    private const string SoftwareGpu = "/usr/lib/chromium/vk_swiftshader_icd.json";

    [Fact]
    public void WebGpu_gives_the_same_as_the_processor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(SoftwareGpu), $"no {SoftwareGpu}");

        // The loader of Vulkan reads the process's own environment, which .NET keeps a copy of.
        SetEnvironment("VK_DRIVER_FILES", SoftwareGpu, 1);
        SetEnvironment("XDG_RUNTIME_DIR", Path.GetTempPath(), 0);
        using ModelFolder folder = new();
        folder.Add("v8", BlobModels.YoloV8());
        folder.Add("x", BlobModels.Yolox());
        using PicturePool pool = new();
        using Picture picture = Paint.Plain(pool, 128, 128, (90, 90, 90));
        Paint.Texture(picture, 9, 60, 200);
        Paint.Fill(picture, new RectF(32, 0, 64, 32), (255, 0, 0));
        Paint.Fill(picture, new RectF(64, 64, 96, 96), (0, 240, 30));
        using ModelHost processor = folder.Host();
        using ModelHost graphics = folder.Host(options => options with { Provider = "webgpu" });
        foreach (string model in new[] { "v8", "x" })
        {
            using IDetector expected = processor.OpenDetector(model, out _);
            using IDetector actual = graphics.OpenDetector(model, out string? problem);
            Assert.True(actual.Provider == "webgpu", problem);
            List<Detection> one = [];
            List<Detection> other = [];
            expected.Detect(picture, new DetectOptions { Confidence = 0.05f }, one);
            actual.Detect(picture, new DetectOptions { Confidence = 0.05f }, other);
            Assert.NotEmpty(one);
            Assert.Equal(one.Count, other.Count);
            for (int i = 0; i < one.Count; i++)
            {
                Assert.Equal(one[i].ClassId, other[i].ClassId);
                Assert.InRange(Math.Abs(one[i].Score - other[i].Score), 0, 1e-3);
                Assert.InRange(Math.Abs(one[i].Box.Left - other[i].Box.Left), 0, 1e-3);
                Assert.InRange(Math.Abs(one[i].Box.Bottom - other[i].Box.Bottom), 0, 1e-3);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
