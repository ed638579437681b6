using Microsoft.ML.OnnxRuntime;

namespace Rtc.Inference.Onnx;

/// <summary>
/// A model loaded into ONNX Runtime: its weights, what goes in, what comes out and its metadata. Any number of
/// <see cref="OrtRun"/> may use it at once; the owner disposes it when the last of them is gone.
/// </summary>
public sealed class OrtSession : IDisposable
{
    private readonly InferenceSession _session;
    private bool _disposed;

    private OrtSession(InferenceSession session, Provider provider)
    {
        _session = session;
        CopiesInputs = provider != Provider.Cpu;
        Inputs = [.. session.InputNames.Select(name => Spec(name, session.InputMetadata[name]))];
        Outputs = [.. session.OutputNames.Select(name => Spec(name, session.OutputMetadata[name]))];
        Metadata = session.ModelMetadata.CustomMetadataMap;
    }

    public IReadOnlyList<TensorInfo> Inputs { get; }

    public IReadOnlyList<TensorInfo> Outputs { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether the provider may compute in memory of its own.</summary>
    internal bool CopiesInputs { get; }

    /// <summary>Throws <see cref="OrtException"/> with the library's words where the file or the provider is refused.</summary>
    /// <param name="runtime">Shows that the library is loaded.</param>
    /// <param name="path">The model's file.</param>
    /// <param name="options">Its provider and threads.</param>
    public static OrtSession Open(OrtRuntime runtime, string path, SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        try
        {
            using Microsoft.ML.OnnxRuntime.SessionOptions setup = SessionSetup.Create(options);
            return new OrtSession(new InferenceSession(path, setup), options.Provider);
        }
        catch (OnnxRuntimeException error)
        {
            throw OrtException.From(error);
        }
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _session.Dispose();
        }
    }

    internal OrtIoBinding CreateBinding()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _session.CreateIoBinding();
    }

    /// <summary>One run; throws what the package throws.</summary>
    internal void Run(RunOptions options, OrtIoBinding binding)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _session.RunWithBinding(options, binding);
    }

    private static TensorInfo Spec(string name, NodeMetadata node) => node.IsTensor
        ? new TensorInfo(name, (TensorType)node.ElementDataType, [.. node.Dimensions.Select(extent => (long)extent)])
        : new TensorInfo(name, TensorType.Undefined, []);
}
