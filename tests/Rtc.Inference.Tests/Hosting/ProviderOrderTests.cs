using Rtc.Inference.Hosting;
using Rtc.Inference.Running;
using Rtc.Inference.Onnx;

namespace Rtc.Inference.Tests.Hosting;

public sealed class ProviderOrderTests
{
    private static readonly string[] s_gpuBuild = ["CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"];

    [Theory]
    [InlineData(Provider.Auto, true, new[] { Provider.TensorRt, Provider.Cuda, Provider.Cpu })]
    [InlineData(Provider.Auto, false, new[] { Provider.Cpu })]
    [InlineData(Provider.Cuda, false, new[] { Provider.Cuda, Provider.Cpu })]
    [InlineData(Provider.OpenVino, true, new[] { Provider.OpenVino, Provider.Cpu })]
    [InlineData(Provider.Cpu, true, new[] { Provider.Cpu })]
    public void Providers_are_tried_best_first_and_the_processor_last(Provider wish, bool hasCard, Provider[] wanted) =>
        Assert.Equal(wanted, ProviderOrder.For(wish, s_gpuBuild, _ => hasCard));

    [Fact]
    public void Provider_that_the_runtime_lacks_is_not_tried() =>
        Assert.Equal([Provider.Cuda, Provider.Cpu], ProviderOrder.For(Provider.Auto, s_gpuBuild[..2], _ => true));

    [Theory]
    [InlineData(true, "1")]
    [InlineData(false, "0")]
    public void Tensorrt_is_told_the_precision(bool half, string wanted) =>
        Assert.Equal(wanted, SessionSetup.TensorRt(new SessionOptions { HalfPrecision = half })["trt_fp16_enable"]);
}
