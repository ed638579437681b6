using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Rtc.Inference.Onnx;

/// <summary>A tensor in native memory of our own with the OrtValue that points at it; made once, used for every run.</summary>
internal sealed unsafe class NativeTensor : IDisposable
{
    private const nuint Alignment = 64;

    // Sizes come from files that may say anything.
    private const long MaxBytes = 1L << 30;

    private readonly long[] _shape;
    private byte* _memory;

    public NativeTensor(TensorType type, ReadOnlySpan<long> shape)
    {
        Type = type;
        _shape = shape.ToArray();
        int size = TensorTypes.Size(type);
        if (size == 0)
        {
            throw new OrtException($"tensors of {TensorTypes.Name(type)} are not supported");
        }

        if (!TryCount(shape, MaxBytes / size, out long count))
        {
            throw new OrtException($"a tensor of {string.Join("×", _shape)} numbers is too large");
        }

        Count = count;
        Bytes = Count * size;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, Bytes), Alignment);
        NativeMemory.Clear(_memory, (nuint)Bytes);
        try
        {
            Value = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, (TensorElementType)type, _shape, (nint)_memory, Bytes);
        }
        catch (OnnxRuntimeException error)
        {
            NativeMemory.AlignedFree(_memory);
            throw OrtException.From(error);
        }
    }

    public TensorType Type { get; }

    public long Count { get; }

    public long Bytes { get; }

    public ReadOnlySpan<long> Shape => _shape;

    public byte* Memory => _memory;

    public OrtValue Value { get; }

    public Span<float> Floats => Type == TensorType.Float
        ? new Span<float>(_memory, checked((int)Count))
        : throw new InvalidOperationException($"the tensor holds {TensorTypes.Name(Type)}");

    public static long Elements(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long extent in shape)
        {
            count = checked(count * extent);
        }

        return count;
    }

    private static bool TryCount(ReadOnlySpan<long> shape, long max, out long count)
    {
        count = 1;
        foreach (long extent in shape)
        {
            if (extent < 0 || (extent > 0 && count > max / extent))
            {
                return false;
            }

            count *= extent;
        }

        return true;
    }

    public void Dispose()
    {
        if (_memory != null)
        {
            Value.Dispose();
            NativeMemory.AlignedFree(_memory);
            _memory = null;
        }
    }
}
