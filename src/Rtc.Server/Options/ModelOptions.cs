using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>Which model looks at the pictures and on what it runs.</summary>
public sealed record ModelOptions
{
    [Description("Detector: a name of the catalogue, a file, \"motion\" (no weights), or \"auto\" for the best that is installed")]
    public string Name { get; init; } = "auto";

    [Description("Execution provider: auto, cpu, webgpu, cuda, tensorrt, openvino, directml or coreml")]
    public string Provider { get; init; } = "auto";

    [Description("Folder of the model files")]
    public string Directory { get; init; } = "models";

    [Description("Largest model that may be added over HTTP, in megabytes")]
    [Range(1, 2048)]
    public int MaxUploadMegabytes { get; init; } = 256;

    [Description("Segmenter that cuts out the selected object: a name, a file, or \"auto\"")]
    public string Segmenter { get; init; } = "auto";

    [Description("Threads of one inference; 0 lets the server choose by the number of cores")]
    [Range(0, 256)]
    public int Threads { get; init; }

    [Description("ONNX Runtime's native library, 1.30 or later, to use instead of the one that is installed with the server")]
    public string? OnnxRuntime { get; init; }
}
