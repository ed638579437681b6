using Rtc.Inference.Onnx;

namespace Rtc.Inference.Running;

/// <summary>Which providers are tried for a requested one, best first, and why others are not.</summary>
internal static class ProviderOrder
{
    private static readonly Provider[] BestFirst =
        [Provider.TensorRt, Provider.Cuda, Provider.CoreMl, Provider.OpenVino, Provider.DirectMl, Provider.WebGpu];

    // In WSL 2 the card has no device file of its own, but Windows' driver shows its library.
    private const string CudaOfWsl = "/usr/lib/wsl/lib/libcuda.so.1";

    /// <summary>One asked for by name is tried first even where it looks hopeless, so that its own error is reported.</summary>
    public static IEnumerable<Provider> For(Provider requested, OrtRuntime runtime) => For(requested, runtime.Providers, HasDevice);

    /// <param name="requested">What is asked for.</param>
    /// <param name="carried">The runtime's providers by their native names.</param>
    /// <param name="hasDevice">Whether the machine has what a provider computes on.</param>
    public static IEnumerable<Provider> For(Provider requested, IReadOnlyCollection<string> carried, Func<Provider, bool> hasDevice)
    {
        if (requested is not Provider.Auto)
        {
            return requested == Provider.Cpu ? [Provider.Cpu] : [requested, Provider.Cpu];
        }

        return
        [
            .. BestFirst.Where(provider => carried.Contains(Providers.Native(provider)) && hasDevice(provider)), Provider.Cpu
        ];
    }

    /// <summary>
    /// WebGPU also runs on a processor that plays GPU, a thousand times slower than the CPU provider, so that "auto"
    /// asks the system for a graphics device before it spends a minute on finding out.
    /// </summary>
    private static bool HasDevice(Provider provider)
    {
        if (!OperatingSystem.IsLinux() || provider is Provider.OpenVino)
        {
            return true;
        }

        bool nvidia = File.Exists("/dev/nvidia0") || File.Exists("/dev/nvidiactl") || File.Exists(CudaOfWsl);
        return provider is Provider.Cuda or Provider.TensorRt
            ? nvidia
            : nvidia || (Directory.Exists("/dev/dri") && Directory.EnumerateFiles("/dev/dri", "renderD*").Any());
    }
}
