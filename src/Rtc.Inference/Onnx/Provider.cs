namespace Rtc.Inference.Onnx;

/// <summary>What runs the model's arithmetic. <see cref="Auto"/> is a request, the others are answers.</summary>
public enum Provider
{
    Auto,
    Cpu,
    WebGpu,
    Cuda,
    TensorRt,
    OpenVino,
    DirectMl,
    CoreMl,
}

public static class Providers
{
    private static readonly (Provider Provider, string Name, string Native)[] Table =
    [
        (Provider.Auto, "auto", ""),
        (Provider.Cpu, "cpu", "CPUExecutionProvider"),
        (Provider.WebGpu, "webgpu", "WebGpuExecutionProvider"),
        (Provider.Cuda, "cuda", "CUDAExecutionProvider"),
        (Provider.TensorRt, "tensorrt", "TensorrtExecutionProvider"),
        (Provider.OpenVino, "openvino", "OpenVINOExecutionProvider"),
        (Provider.DirectMl, "directml", "DmlExecutionProvider"),
        (Provider.CoreMl, "coreml", "CoreMLExecutionProvider"),
    ];

    /// <summary>The names that options and pages use, "auto" first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(row => row.Name)];

    public static string Name(Provider provider) => Table[(int)provider].Name;

    public static bool TryParse(string name, out Provider provider)
    {
        foreach ((Provider candidate, string known, _) in Table)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                provider = candidate;
                return true;
            }
        }

        provider = Provider.Auto;
        return false;
    }

    internal static string Native(Provider provider) => Table[(int)provider].Native;
}
