using Rtc.Inference.Hosting;
using Rtc.Inference.Onnx;
using Rtc.Inference.Tests.Models;

namespace Rtc.Inference.Tests.Onnx;

public sealed class OrtRuntimeTests
{
    [Fact]
    public void The_packaged_library_is_found_and_tells_its_version_and_providers()
    {
        Assert.True(OrtRuntime.TryLoad(null, out OrtRuntime? runtime, out string? problem), problem);
        Assert.StartsWith("1.", runtime!.Version, StringComparison.Ordinal);
        Assert.Contains("CPUExecutionProvider", runtime.Providers);
    }

    [Fact]
    public void A_wrong_path_is_named_in_the_error()
    {
        Assert.False(OrtRuntime.TryLoad("/nowhere/libonnxruntime.so", out _, out string? problem));
        Assert.Contains("/nowhere/libonnxruntime.so", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_library_is_told_apart()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "loads a library by its Linux name");

        Assert.False(OrtRuntime.TryLoad("libc.so.6", out _, out string? problem));
        Assert.Contains("is not ONNX Runtime", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_library_the_embedded_detector_serves_and_says_why()
    {
        using ModelFolder folder = new();
        folder.Add("m", BlobModels.Yolox());
        using ModelHost host = folder.Host(options => options with { RuntimeLibrary = "/nowhere/libonnxruntime.so" });
        using IDetector detector = host.OpenDetector("auto", out string? problem);
        Assert.Equal("motion", detector.Model);
        Assert.Contains("/nowhere/libonnxruntime.so", problem, StringComparison.Ordinal);
    }
}
