namespace Rtc.Inference.Onnx;

/// <summary>Numbers between the types that models have at their edges and 32-bit floats.</summary>
internal static unsafe class TensorConvert
{
    public static void ToFloats(TensorType type, void* data, Span<float> into)
    {
        switch (type)
        {
            case TensorType.Float:
                new ReadOnlySpan<float>(data, into.Length).CopyTo(into);
                break;
            case TensorType.Float16:
                HalfToFloats((Half*)data, into);
                break;
            case TensorType.Double:
                Convert((double*)data, into);
                break;
            case TensorType.Int64:
                Convert((long*)data, into);
                break;
            case TensorType.Int32:
                Convert((int*)data, into);
                break;
            case TensorType.Int16:
                Convert((short*)data, into);
                break;
            case TensorType.UInt16:
                Convert((ushort*)data, into);
                break;
            case TensorType.Int8:
                Convert((sbyte*)data, into);
                break;
            case TensorType.UInt8 or TensorType.Bool:
                Convert((byte*)data, into);
                break;
            default:
                throw new OrtException($"an output of {TensorTypes.Name(type)} is not supported");
        }
    }

    private static void HalfToFloats(Half* data, Span<float> into)
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] = (float)data[i];
        }
    }

    private static void Convert<T>(T* data, Span<float> into)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] = float.CreateTruncating(data[i]);
        }
    }
}
