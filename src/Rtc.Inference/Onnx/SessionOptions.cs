using System.Runtime.InteropServices;

namespace Rtc.Inference.Onnx;

/// <summary>How a session is set up: the provider, its threads, and sizes for dimensions the model leaves free.</summary>
public sealed record SessionOptions
{
    public Provider Provider { get; init; } = Provider.Cpu;

    /// <summary>Threads inside one operator; 0 is half of the machine, because decoding and encoding need the rest.</summary>
    public int Threads { get; init; }

    public int Device { get; init; }

    /// <summary>Values for free dimensions by their symbolic name ("batch").</summary>
    public IReadOnlyDictionary<string, long> FreeDimensions { get; init; } = new Dictionary<string, long>();

    public int EffectiveThreads => Threads > 0 ? Threads : Math.Max(1, Environment.ProcessorCount / 2);
}

/// <summary>Writes <see cref="SessionOptions"/> into ONNX Runtime's own object.</summary>
internal static unsafe class SessionSetup
{
    private const int AllOptimizations = 99;
    private const int LogFatal = 4;

    public static OrtHandle Create(OrtApi api, SessionOptions options)
    {
        OrtHandle handle = new(api, OrtApi.ReleaseSessionOptions, api.Create(OrtApi.CreateSessionOptions));
        nint native = handle.Pointer;
        api.Set(OrtApi.SetSessionGraphOptimizationLevel, native, AllOptimizations);
        api.Set(OrtApi.SetSessionLogSeverityLevel, native, LogFatal);
        api.Set(OrtApi.SetIntraOpNumThreads, native, options.EffectiveThreads);
        api.Set(OrtApi.SetInterOpNumThreads, native, 1);

        // A pool that spins between pictures would take the cores that the video path needs.
        AddEntry(api, native, "session.intra_op.allow_spinning", "0");
        AddEntry(api, native, "session.inter_op.allow_spinning", "0");
        AddEntry(api, native, "session.set_denormal_as_zero", "1");
        foreach ((string name, long value) in options.FreeDimensions)
        {
            nint text = Utf8.Write(name);
            api.Check(((delegate* unmanaged<nint, nint, long, nint>)api[OrtApi.AddFreeDimensionOverrideByName])(native, text, value));
            Marshal.FreeCoTaskMem(text);
        }

        AppendProvider(api, native, options);
        return handle;
    }

    private static void AppendProvider(OrtApi api, nint native, SessionOptions options)
    {
        switch (options.Provider)
        {
            case Provider.Cpu:
                return;
            case Provider.Cuda:
                Append(api, native, OrtApi.CreateCudaOptions, OrtApi.AppendCudaV2, OrtApi.ReleaseCudaOptions);
                return;
            case Provider.TensorRt:
                Append(api, native, OrtApi.CreateTensorRtOptions, OrtApi.AppendTensorRtV2, OrtApi.ReleaseTensorRtOptions);
                Append(api, native, OrtApi.CreateCudaOptions, OrtApi.AppendCudaV2, OrtApi.ReleaseCudaOptions);
                return;
            case Provider.DirectMl:
                // DirectML forbids memory patterns.
                api.Check(((delegate* unmanaged<nint, nint>)api[OrtApi.DisableMemPattern])(native));
                AppendByName(api, native, "DML");
                return;
            case Provider.WebGpu:
                AppendByName(api, native, "WebGPU");
                return;
            case Provider.OpenVino:
                AppendByName(api, native, "OpenVINO");
                return;
            case Provider.CoreMl:
                AppendByName(api, native, "CoreML");
                return;
            default:
                throw new ArgumentOutOfRangeException(nameof(options), options.Provider, "a session needs one provider");
        }
    }

    private static void Append(OrtApi api, nint native, int create, int append, int release)
    {
        nint providerOptions = api.Create(create);
        try
        {
            api.Check(((delegate* unmanaged<nint, nint, nint>)api[append])(native, providerOptions));
        }
        finally
        {
            api.Release(release, providerOptions);
        }
    }

    private static void AppendByName(OrtApi api, nint native, string name)
    {
        nint text = Utf8.Write(name);
        nint status = ((delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint>)api[OrtApi.AppendExecutionProvider])(native, text, null, null, 0);
        Marshal.FreeCoTaskMem(text);
        api.Check(status);
    }

    private static void AddEntry(OrtApi api, nint native, string key, string value)
    {
        nint nativeKey = Utf8.Write(key);
        nint nativeValue = Utf8.Write(value);
        nint status = ((delegate* unmanaged<nint, nint, nint, nint>)api[OrtApi.AddSessionConfigEntry])(native, nativeKey, nativeValue);
        Marshal.FreeCoTaskMem(nativeKey);
        Marshal.FreeCoTaskMem(nativeValue);
        api.Check(status);
    }
}
