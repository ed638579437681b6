using Microsoft.ML.OnnxRuntime;

namespace Rtc.Inference.Onnx;

/// <summary>How a session is set up: the provider and its threads.</summary>
public sealed record SessionOptions
{
    public Provider Provider { get; init; } = Provider.Cpu;

    /// <summary>Threads inside one operator; 0 is half of the machine, because decoding and encoding need the rest.</summary>
    public int Threads { get; init; }

    /// <summary>Half precision where the provider can compute a 32-bit model in it; the others compute as the file says.</summary>
    public bool HalfPrecision { get; init; }

    public int EffectiveThreads => Threads > 0 ? Threads : Math.Max(1, Environment.ProcessorCount / 2);
}

/// <summary>Writes <see cref="SessionOptions"/> into ONNX Runtime's own object.</summary>
internal static class SessionSetup
{
    public static Microsoft.ML.OnnxRuntime.SessionOptions Create(SessionOptions options)
    {
        Microsoft.ML.OnnxRuntime.SessionOptions setup = new()
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            IntraOpNumThreads = options.EffectiveThreads,
            InterOpNumThreads = 1,
        };
        try
        {
            // A pool that spins between pictures would take the cores that the video path needs.
            setup.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            setup.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
            setup.AddSessionConfigEntry("session.set_denormal_as_zero", "1");
            AppendProvider(setup, options);
            return setup;
        }
        catch
        {
            setup.Dispose();
            throw;
        }
    }

    /// <summary>What TensorRT is told beside its own defaults.</summary>
    public static Dictionary<string, string> TensorRt(SessionOptions options) =>
        new() { ["trt_fp16_enable"] = options.HalfPrecision ? "1" : "0" };

    private static void AppendProvider(Microsoft.ML.OnnxRuntime.SessionOptions setup, SessionOptions options)
    {
        switch (options.Provider)
        {
            case Provider.Cpu:
                return;
            case Provider.Cuda:
                AppendCuda(setup);
                return;
            case Provider.TensorRt:
                using (OrtTensorRTProviderOptions tensorRt = new())
                {
                    tensorRt.UpdateOptions(TensorRt(options));
                    setup.AppendExecutionProvider_Tensorrt(tensorRt);
                }

                AppendCuda(setup);
                return;
            case Provider.DirectMl:
                // DirectML forbids memory patterns.
                setup.EnableMemoryPattern = false;
                setup.AppendExecutionProvider("DML");
                return;
            case Provider.WebGpu:
                setup.AppendExecutionProvider("WebGPU");
                return;
            case Provider.OpenVino:
                setup.AppendExecutionProvider("OpenVINO");
                return;
            case Provider.CoreMl:
                setup.AppendExecutionProvider("CoreML");
                return;
            default:
                throw new ArgumentOutOfRangeException(nameof(options), options.Provider, "a session needs one provider");
        }
    }

    private static void AppendCuda(Microsoft.ML.OnnxRuntime.SessionOptions setup)
    {
        using OrtCUDAProviderOptions cuda = new();
        setup.AppendExecutionProvider_CUDA(cuda);
    }
}
