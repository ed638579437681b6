using System.Runtime.InteropServices;

namespace Rtc.Inference.Onnx;

/// <summary>
/// The inputs and outputs of one session bound to memory that is reused for every run, so that a run allocates
/// nothing managed. Outputs of known size are written into our own memory; an output whose size depends on the
/// data is lent by the library until the next run. Used by one thread at a time.
/// </summary>
public sealed unsafe class OrtRun : IDisposable
{
    private const int MostDimensions = 8;

    private readonly OrtSession _session;
    private readonly NativeTensor[] _inputs;
    private readonly NativeTensor?[] _fixed;
    private readonly long[][] _shapes;
    private readonly int[] _ranks;
    private readonly TensorType[] _types;
    private readonly float*[] _converted;
    private readonly long[] _convertedCapacity;
    private readonly nint* _inputValues;
    private readonly nint* _outputValues;
    private readonly OrtHandle _runOptions;
    private bool _disposed;

    /// <param name="session">Stays the caller's.</param>
    /// <param name="inputShapes">One shape for each input, without free dimensions.</param>
    public OrtRun(OrtSession session, IReadOnlyList<long[]> inputShapes)
    {
        _session = session;
        OrtApi api = session.Runtime.Api;
        _inputs = new NativeTensor[session.Inputs.Count];
        _inputValues = (nint*)NativeMemory.AllocZeroed((nuint)Math.Max(1, _inputs.Length), (nuint)sizeof(nint));
        for (int i = 0; i < _inputs.Length; i++)
        {
            _inputs[i] = new NativeTensor(session.Runtime, session.Inputs[i].Type, inputShapes[i]);
            _inputValues[i] = _inputs[i].Value;
        }

        int outputs = session.Outputs.Count;
        _fixed = new NativeTensor?[outputs];
        _shapes = new long[outputs][];
        _ranks = new int[outputs];
        _types = new TensorType[outputs];
        _converted = new float*[outputs];
        _convertedCapacity = new long[outputs];
        _outputValues = (nint*)NativeMemory.AllocZeroed((nuint)Math.Max(1, outputs), (nuint)sizeof(nint));
        for (int i = 0; i < outputs; i++)
        {
            TensorSpec spec = session.Outputs[i];
            _shapes[i] = new long[MostDimensions];
            _types[i] = spec.Type;
            if (spec.IsFixed && TensorTypes.Size(spec.Type) > 0 && spec.Rank <= MostDimensions && SameBatch(session, inputShapes))
            {
                NativeTensor tensor = new(session.Runtime, spec.Type, [.. spec.Shape]);
                _fixed[i] = tensor;
                _outputValues[i] = tensor.Value;
                tensor.Shape.CopyTo(_shapes[i]);
                _ranks[i] = spec.Rank;
            }
        }

        _runOptions = new OrtHandle(api, OrtApi.ReleaseRunOptions, api.Create(OrtApi.CreateRunOptions));
    }

    /// <summary>Native bytes that this binding holds.</summary>
    public long Bytes => _inputs.Sum(tensor => tensor.Bytes) + _fixed.Sum(tensor => tensor?.Bytes ?? 0) + (_convertedCapacity.Sum() * sizeof(float));

    internal NativeTensor Input(int index) => _inputs[index];

    public void Run()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ReleaseLent();
        _session.Run(_runOptions.Pointer, _inputValues, _outputValues);
        OrtApi api = _session.Runtime.Api;
        for (int i = 0; i < _fixed.Length; i++)
        {
            if (_fixed[i] is null)
            {
                _ranks[i] = api.ShapeOf(_outputValues[i], _shapes[i], out _types[i]);
            }
        }
    }

    /// <summary>
    /// Whether the library gives its working memory back after each run of this binding. The first run of a session does not
    /// know yet what it needs and takes twice as much as all later ones.
    /// </summary>
    public void GiveBackMemory(bool gives)
    {
        nint key = Utf8.Write("memory.enable_memory_arena_shrinkage");
        nint value = Utf8.Write(gives ? "cpu:0" : "");
        OrtApi api = _session.Runtime.Api;
        nint status = ((delegate* unmanaged<nint, nint, nint, nint>)api[OrtApi.AddRunConfigEntry])(_runOptions.Pointer, key, value);
        Marshal.FreeCoTaskMem(key);
        Marshal.FreeCoTaskMem(value);
        api.Check(status);
    }

    /// <summary>Asks a run that is under way on another thread to end with an error at its next operator.</summary>
    public void Terminate() => _session.Runtime.Api.Check(
        ((delegate* unmanaged<nint, nint>)_session.Runtime.Api[OrtApi.RunOptionsSetTerminate])(_runOptions.Pointer));

    public ReadOnlySpan<long> Shape(int output) => _shapes[output].AsSpan(0, _ranks[output]);

    public TensorType Type(int output) => _types[output];

    /// <summary>An output's numbers as 32-bit floats, valid until the next run; other types are converted.</summary>
    public ReadOnlySpan<float> Floats(int output)
    {
        int count = checked((int)NativeTensor.Elements(Shape(output)));
        void* data = Data(output);
        if (count == 0)
        {
            return [];
        }

        if (_types[output] == TensorType.Float)
        {
            return new ReadOnlySpan<float>(data, count);
        }

        if (_convertedCapacity[output] < count)
        {
            NativeMemory.Free(_converted[output]);
            _converted[output] = (float*)NativeMemory.Alloc((nuint)count, sizeof(float));
            _convertedCapacity[output] = count;
        }

        Span<float> into = new(_converted[output], count);
        TensorConvert.ToFloats(_types[output], data, into);
        return into;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        ReleaseLent();
        foreach (NativeTensor tensor in _inputs)
        {
            tensor.Dispose();
        }

        for (int i = 0; i < _fixed.Length; i++)
        {
            _fixed[i]?.Dispose();
            NativeMemory.Free(_converted[i]);
        }

        _runOptions.Dispose();
        NativeMemory.Free(_inputValues);
        NativeMemory.Free(_outputValues);
    }

    internal void* Data(int output)
    {
        if (_fixed[output] is { } tensor)
        {
            return tensor.Memory;
        }

        void* data;
        OrtApi api = _session.Runtime.Api;
        api.Check(((delegate* unmanaged<nint, void**, nint>)api[OrtApi.GetTensorMutableData])(_outputValues[output], &data));
        return data;
    }

    /// <summary>Declared output sizes hold only for the declared input sizes.</summary>
    private static bool SameBatch(OrtSession session, IReadOnlyList<long[]> shapes)
    {
        for (int i = 0; i < shapes.Count; i++)
        {
            if (!session.Inputs[i].Shape.SequenceEqual(shapes[i]))
            {
                return false;
            }
        }

        return true;
    }

    private void ReleaseLent()
    {
        for (int i = 0; i < _fixed.Length; i++)
        {
            if (_fixed[i] is null && _outputValues[i] != 0)
            {
                _session.Runtime.Api.Release(OrtApi.ReleaseValue, _outputValues[i]);
                _outputValues[i] = 0;
            }
        }
    }
}
