using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rtc.Media;

/// <summary>What the kernels of several folders do with sixteen bytes at once.</summary>
internal static class ByteVectors
{
    /// <summary>Sixteen bytes as numbers, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Low, Vector256<float> High) Widen(Vector128<byte> bytes)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(bytes);
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
        (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
        return (
            Vector256.ConvertToSingle(Vector256.Create(a, b).AsInt32()),
            Vector256.ConvertToSingle(Vector256.Create(c, d).AsInt32()));
    }
}
