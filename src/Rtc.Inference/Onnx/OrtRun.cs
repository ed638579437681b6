using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Rtc.Inference.Onnx;

/// <summary>
/// The inputs and outputs of one session bound to memory that is reused for every run, so that a run on the processor
/// allocates nothing managed. Outputs of known size are written into our own memory; an output whose size depends on
/// the data is lent by the library until the next run. Used by one thread at a time.
/// </summary>
public sealed unsafe class OrtRun : IDisposable
{
    private const int MaxDimensions = 8;

    private readonly OrtSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();
    private readonly NativeTensor[] _inputs;
    private readonly NativeTensor?[] _fixed;
    private readonly bool _lends;
    private readonly long[][] _shapes;
    private readonly TensorType[] _types;
    private readonly float*[] _converted;
    private readonly long[] _convertedCapacity;
    private IDisposableReadOnlyCollection<OrtValue>? _lent;
    private bool _disposed;

    /// <param name="session">Stays the caller's.</param>
    /// <param name="inputShapes">One shape for each input, without free dimensions.</param>
    public OrtRun(OrtSession session, IReadOnlyList<long[]> inputShapes)
    {
        _session = session;
        int outputs = session.Outputs.Count;
        _inputs = new NativeTensor[session.Inputs.Count];
        _fixed = new NativeTensor?[outputs];
        _shapes = new long[outputs][];
        _types = new TensorType[outputs];
        _converted = new float*[outputs];
        _convertedCapacity = new long[outputs];
        for (int i = 0; i < _inputs.Length; i++)
        {
            _inputs[i] = new NativeTensor(session.Inputs[i].Type, inputShapes[i]);
        }

        bool declared = HasDeclaredSizes(session, inputShapes);
        for (int i = 0; i < outputs; i++)
        {
            TensorInfo spec = session.Outputs[i];
            _types[i] = spec.Type;
            _shapes[i] = [.. spec.Shape];
            if (declared && spec.IsFixed && TensorTypes.Size(spec.Type) > 0 && spec.Rank <= MaxDimensions)
            {
                _fixed[i] = new NativeTensor(spec.Type, _shapes[i]);
            }
        }

        _lends = _fixed.Any(tensor => tensor is null);
        _binding = session.CreateBinding();
        Attempt(() =>
        {
            BindInputs();
            BindOutputs(all: true);
        });
    }

    /// <summary>Native bytes that this binding holds.</summary>
    public long Bytes =>
        _inputs.Sum(tensor => tensor.Bytes) + _fixed.Sum(tensor => tensor?.Bytes ?? 0) + (_convertedCapacity.Sum() * sizeof(float));

    internal NativeTensor Input(int index) => _inputs[index];

    public void Run()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            // A provider with memory of its own copies an input while it is bound, and then never looks again.
            if (_session.CopiesInputs)
            {
                BindInputs();
                _binding.SynchronizeBoundInputs();
            }

            if (_lends)
            {
                // Unbound first: what the last run lent would be written over, and have the wrong size.
                ReleaseLent();
                BindOutputs(all: false);
            }

            _session.Run(_options, _binding);
            if (_session.CopiesInputs)
            {
                _binding.SynchronizeBoundOutputs();
            }

            if (_lends)
            {
                TakeLent();
            }
        }
        catch (OnnxRuntimeException error)
        {
            throw OrtException.From(error);
        }
    }

    /// <summary>
    /// Whether the library gives its working memory back after each run of this binding. The first run of a session does not
    /// know yet what it needs and takes twice as much as all later ones.
    /// </summary>
    public void GiveBackMemory(bool gives) =>
        Attempt(() => _options.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", gives ? "cpu:0" : ""));

    /// <summary>Asks a run that is under way on another thread to end with an error at its next operator.</summary>
    public void Terminate() => _options.Terminate = true;

    public ReadOnlySpan<long> Shape(int output) => _shapes[output];

    public TensorType Type(int output) => _types[output];

    /// <summary>An output's numbers as 32-bit floats, valid until the next run; other types are converted.</summary>
    public ReadOnlySpan<float> Floats(int output)
    {
        int count = checked((int)NativeTensor.Elements(Shape(output)));
        if (count == 0)
        {
            return [];
        }

        void* data = Data(output);
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
        _binding.Dispose();
        _options.Dispose();
        foreach (NativeTensor tensor in _inputs)
        {
            tensor.Dispose();
        }

        for (int i = 0; i < _fixed.Length; i++)
        {
            _fixed[i]?.Dispose();
            NativeMemory.Free(_converted[i]);
        }
    }

    /// <summary>An output's first byte: native memory, valid until the next run.</summary>
    internal void* Data(int output)
    {
        if (_fixed[output] is { } tensor)
        {
            return tensor.Memory;
        }

        OrtValue value = (_lent ?? throw new InvalidOperationException("nothing has run yet")).ElementAt(output);
        fixed (byte* first = value.GetTensorMutableRawData())
        {
            return first;
        }
    }

    /// <summary>Declared output sizes hold only for the declared input sizes.</summary>
    private static bool HasDeclaredSizes(OrtSession session, IReadOnlyList<long[]> shapes)
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

    private static void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (OnnxRuntimeException error)
        {
            throw OrtException.From(error);
        }
    }

    private void BindInputs()
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            _binding.BindInput(_session.Inputs[i].Name, _inputs[i].Value);
        }
    }

    private void BindOutputs(bool all)
    {
        for (int i = 0; i < _fixed.Length; i++)
        {
            string name = _session.Outputs[i].Name;
            if (_fixed[i] is not { } tensor)
            {
                _binding.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
            }
            else if (all)
            {
                _binding.BindOutput(name, tensor.Value);
            }
        }
    }

    private void TakeLent()
    {
        _lent = _binding.GetOutputValues();
        for (int i = 0; i < _fixed.Length; i++)
        {
            if (_fixed[i] is null)
            {
                OrtTensorTypeAndShapeInfo info = _lent.ElementAt(i).GetTensorTypeAndShape();
                _types[i] = (TensorType)info.ElementDataType;
                _shapes[i] = info.Shape;
            }
        }
    }

    private void ReleaseLent()
    {
        _lent?.Dispose();
        _lent = null;
    }
}
