namespace Rtc.Inference.Onnx;

/// <summary>Numbers into a tensor of whatever type its model asks for.</summary>
internal static unsafe class TensorStore
{
    public static void Write(NativeTensor tensor, ReadOnlySpan<float> values, int at)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(at);
        if (at + (long)values.Length > tensor.Count)
        {
            throw new OrtException($"{at + (long)values.Length} numbers do not fit an input of {tensor.Count}");
        }

        switch (tensor.Type)
        {
            case TensorType.Float:
                values.CopyTo(tensor.Floats[at..]);
                break;
            case TensorType.Float16:
                Write((Half*)tensor.Memory + at, values, value => (Half)value);
                break;
            case TensorType.Double:
                Write((double*)tensor.Memory + at, values, value => value);
                break;
            case TensorType.Int64:
                Write((long*)tensor.Memory + at, values, value => (long)MathF.Round(value));
                break;
            case TensorType.Int32:
                Write((int*)tensor.Memory + at, values, value => (int)MathF.Round(value));
                break;
            case TensorType.Bool:
                Write(tensor.Memory + at, values, value => value != 0 ? (byte)1 : (byte)0);
                break;
            case TensorType.UInt8:
                Write(tensor.Memory + at, values, value => (byte)Math.Clamp(MathF.Round(value), byte.MinValue, byte.MaxValue));
                break;
            default:
                throw new OrtException($"an input of {TensorTypes.Name(tensor.Type)} is not supported");
        }
    }

    private static void Write<T>(T* into, ReadOnlySpan<float> values, Func<float, T> convert)
        where T : unmanaged
    {
        for (int i = 0; i < values.Length; i++)
        {
            into[i] = convert(values[i]);
        }
    }
}
