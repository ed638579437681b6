using System.Runtime.Intrinsics;

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
                HalfToFloats(new ReadOnlySpan<Half>(data, into.Length), into);
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

    /// <summary>
    /// Eight at a time: exponent and mantissa moved to their places and the difference of the biases added. Denormal halves are
    /// whole numbers of 2^-24; made so, they never pass through a denormal float, which a thread that ran native code may take
    /// for zero. What is infinite or no number has its exponent filled up.
    /// </summary>
    internal static void HalfToFloats(ReadOnlySpan<Half> halves, Span<float> into)
    {
        const uint magnitude = 0x7FFF;
        const uint infinity = 0x7C00;
        const uint firstNormal = 0x0400;
        const int places = 13;
        int i = 0;
        fixed (Half* data = halves)
        fixed (float* target = into)
        {
            Vector256<float> smallest = Vector256.Create(1f / (1 << 24));
            for (; Vector256.IsHardwareAccelerated && i + Vector256<float>.Count <= into.Length; i += Vector256<float>.Count)
            {
                (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.Load((ushort*)(data + i)));
                var half = Vector256.Create(low, high);
                Vector256<uint> rest = half & Vector256.Create(magnitude);
                Vector256<uint> normal = Vector256.ShiftLeft(rest, places) + Vector256.Create(112u << 23);
                Vector256<uint> denormal = (Vector256.ConvertToSingle(rest.AsInt32()) * smallest).AsUInt32();
                Vector256<uint> finite = Vector256.ConditionalSelect(
                    Vector256.LessThan(rest, Vector256.Create(firstNormal)), denormal, normal);
                Vector256<uint> odd = Vector256.ShiftLeft(rest, places) | Vector256.Create(0x7F800000u);
                Vector256<uint> isOdd = Vector256.GreaterThanOrEqual(rest, Vector256.Create(infinity));
                Vector256<uint> sign = Vector256.ShiftLeft(half & Vector256.Create(~magnitude), 16);
                (Vector256.ConditionalSelect(isOdd, odd, finite) | sign).AsSingle().Store(target + i);
            }
        }

        for (; i < into.Length; i++)
        {
            into[i] = (float)halves[i];
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
