using System.Runtime.InteropServices;

namespace Rtc.Inference.Onnx;

/// <summary>
/// A model loaded into ONNX Runtime: its weights, what goes in, what comes out and its metadata. Any number of
/// <see cref="OrtRun"/> may use it at once; the owner disposes it when the last of them is gone.
/// </summary>
public sealed unsafe class OrtSession : IDisposable
{
    private readonly OrtHandle _session;
    private readonly nint* _inputNames;
    private readonly nint* _outputNames;

    private OrtSession(OrtRuntime runtime, nint session, SessionOptions options)
    {
        Runtime = runtime;
        Options = options;
        _session = new OrtHandle(runtime.Api, OrtApi.ReleaseSession, session);
        Inputs = ReadSpecs(OrtApi.SessionGetInputCount, OrtApi.SessionGetInputName, OrtApi.SessionGetInputTypeInfo);
        Outputs = ReadSpecs(OrtApi.SessionGetOutputCount, OrtApi.SessionGetOutputName, OrtApi.SessionGetOutputTypeInfo);
        Metadata = runtime.Api.Metadata(session);
        _inputNames = WriteNames(Inputs);
        _outputNames = WriteNames(Outputs);
    }

    public IReadOnlyList<TensorSpec> Inputs { get; }

    public IReadOnlyList<TensorSpec> Outputs { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public SessionOptions Options { get; }

    public OrtRuntime Runtime { get; }

    /// <summary>Throws <see cref="OrtException"/> with the library's words where the file or the provider is refused.</summary>
    public static OrtSession Open(OrtRuntime runtime, string path, SessionOptions options)
    {
        OrtApi api = runtime.Api;
        using OrtHandle setup = SessionSetup.Create(api, options);
        nint nativePath = Utf8.WritePath(path);
        nint session = 0;
        nint status = ((delegate* unmanaged<nint, nint, nint, nint*, nint>)api[OrtApi.CreateSession])(runtime.Environment, nativePath, setup.Pointer, &session);
        Marshal.FreeCoTaskMem(nativePath);
        api.Check(status);
        return new OrtSession(runtime, session, options);
    }

    public static OrtSession Open(OrtRuntime runtime, ReadOnlySpan<byte> model, SessionOptions options)
    {
        OrtApi api = runtime.Api;
        using OrtHandle setup = SessionSetup.Create(api, options);
        nint session = 0;
        fixed (byte* first = model)
        {
            api.Check(((delegate* unmanaged<nint, byte*, nuint, nint, nint*, nint>)api[OrtApi.CreateSessionFromArray])(
                runtime.Environment, first, (nuint)model.Length, setup.Pointer, &session));
        }

        return new OrtSession(runtime, session, options);
    }

    public void Dispose()
    {
        if (!_session.IsClosed)
        {
            _session.Dispose();
            FreeNames(_inputNames, Inputs.Count);
            FreeNames(_outputNames, Outputs.Count);
        }
    }

    /// <summary>One run; outputs that are null on entry are made by the library and belong to the caller.</summary>
    internal void Run(nint runOptions, nint* inputs, nint* outputs)
    {
        ObjectDisposedException.ThrowIf(_session.IsClosed, this);
        OrtApi api = Runtime.Api;
        api.Check(((delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)api[OrtApi.Run])(
            _session.Pointer, runOptions, _inputNames, inputs, (nuint)Inputs.Count, _outputNames, (nuint)Outputs.Count, outputs));
    }

    private TensorSpec[] ReadSpecs(int count, int name, int typeInfo)
    {
        OrtApi api = Runtime.Api;
        nint session = _session.Pointer;
        nuint many;
        api.Check(((delegate* unmanaged<nint, nuint*, nint>)api[count])(session, &many));
        TensorSpec[] specs = new TensorSpec[many];
        nint allocator = api.DefaultAllocator();
        for (nuint i = 0; i < many; i++)
        {
            byte* text;
            api.Check(((delegate* unmanaged<nint, nuint, nint, byte**, nint>)api[name])(session, i, allocator, &text));
            nint info;
            api.Check(((delegate* unmanaged<nint, nuint, nint*, nint>)api[typeInfo])(session, i, &info));
            (TensorType type, long[] shape) = api.TakeTypeInfo(info);
            specs[i] = new TensorSpec(Utf8.Read(text), type, shape);
            api.Free(allocator, text);
        }

        return specs;
    }

    private static nint* WriteNames(IReadOnlyList<TensorSpec> specs)
    {
        nint* names = (nint*)NativeMemory.Alloc((nuint)Math.Max(1, specs.Count), (nuint)sizeof(nint));
        for (int i = 0; i < specs.Count; i++)
        {
            names[i] = Utf8.Write(specs[i].Name);
        }

        return names;
    }

    private static void FreeNames(nint* names, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Marshal.FreeCoTaskMem(names[i]);
        }

        NativeMemory.Free(names);
    }
}
