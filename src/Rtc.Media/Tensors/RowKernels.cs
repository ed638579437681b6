using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Rtc.Media.Tensors;

/// <summary>
/// The inner loops of letterboxing, each with a scalar twin that tests hold it against. Rows are floats all the way,
/// so that nothing is rounded before the tensor.
/// </summary>
internal static unsafe class RowKernels
{
    // BT.601, limited range, to levels 0 to 255.
    private const float LumaGain = 255f / 219f;
    private const float RedOfV = 1.402f * 255f / 224f;
    private const float BlueOfU = 1.772f * 255f / 224f;
    private const float GreenOfU = -0.344136f * 255f / 224f;
    private const float GreenOfV = -0.714136f * 255f / 224f;

    /// <summary>Mixes two rows of bytes.</summary>
    public static void Vertical(byte* upper, byte* lower, float fraction, float* target, int width)
    {
        int x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var mix = Vector256.Create(fraction);
            for (; x + 16 <= width; x += 16)
            {
                (Vector256<float> a0, Vector256<float> a1) = ByteVectors.Widen(Vector128.Load(upper + x));
                (Vector256<float> b0, Vector256<float> b1) = ByteVectors.Widen(Vector128.Load(lower + x));
                Vector256.MultiplyAddEstimate(b0 - a0, mix, a0).Store(target + x);
                Vector256.MultiplyAddEstimate(b1 - a1, mix, a1).Store(target + x + 8);
            }
        }

        VerticalScalar(upper + x, lower + x, fraction, target + x, width - x);
    }

    public static void VerticalScalar(byte* upper, byte* lower, float fraction, float* target, int width)
    {
        for (int x = 0; x < width; x++)
        {
            target[x] = upper[x] + ((lower[x] - upper[x]) * fraction);
        }
    }

    /// <summary>Samples a mixed row at each output pixel and turns the three components into levels of red, green and blue.</summary>
    public static void Sample(
        float* luma, float* u, float* v, int* lumaFirst, float* lumaFraction, int* chromaFirst, float* chromaFraction,
        float* red, float* green, float* blue, int width)
    {
        int x = 0;
        if (Avx2.IsSupported)
        {
            for (; x + 8 <= width; x += 8)
            {
                Vector256<float> y = Gather(luma, Vector256.Load(lumaFirst + x), Vector256.Load(lumaFraction + x));
                Vector256<int> at = Vector256.Load(chromaFirst + x);
                Vector256<float> fraction = Vector256.Load(chromaFraction + x);
                Vector256<float> cu = Gather(u, at, fraction) - Vector256.Create(128f);
                Vector256<float> cv = Gather(v, at, fraction) - Vector256.Create(128f);
                y = (y - Vector256.Create(16f)) * LumaGain;
                Level(Vector256.MultiplyAddEstimate(cv, Vector256.Create(RedOfV), y)).Store(red + x);
                Level(
                    Vector256.MultiplyAddEstimate(
                        cu, Vector256.Create(GreenOfU), Vector256.MultiplyAddEstimate(cv, Vector256.Create(GreenOfV), y))).Store(green + x);
                Level(Vector256.MultiplyAddEstimate(cu, Vector256.Create(BlueOfU), y)).Store(blue + x);
            }
        }

        SampleScalar(
            luma, u, v, lumaFirst + x, lumaFraction + x, chromaFirst + x, chromaFraction + x, red + x, green + x, blue + x, width - x);
    }

    public static void SampleScalar(
        float* luma, float* u, float* v, int* lumaFirst, float* lumaFraction, int* chromaFirst, float* chromaFraction,
        float* red, float* green, float* blue, int width)
    {
        for (int x = 0; x < width; x++)
        {
            float y = (Mix(luma + lumaFirst[x], lumaFraction[x]) - 16) * LumaGain;
            float cu = Mix(u + chromaFirst[x], chromaFraction[x]) - 128;
            float cv = Mix(v + chromaFirst[x], chromaFraction[x]) - 128;
            red[x] = Math.Clamp(y + (RedOfV * cv), 0, 255);
            green[x] = Math.Clamp(y + (GreenOfU * cu) + (GreenOfV * cv), 0, 255);
            blue[x] = Math.Clamp(y + (BlueOfU * cu), 0, 255);
        }
    }

    /// <summary>target = level × scale + offset.</summary>
    public static void Affine(float* level, float scale, float offset, float* target, int count)
    {
        int x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; x + 8 <= count; x += 8)
            {
                Vector256.MultiplyAddEstimate(Vector256.Load(level + x), Vector256.Create(scale), Vector256.Create(offset))
                    .Store(target + x);
            }
        }

        for (; x < count; x++)
        {
            target[x] = (level[x] * scale) + offset;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Gather(float* row, Vector256<int> first, Vector256<float> fraction)
    {
        Vector256<float> a = Avx2.GatherVector256(row, first, sizeof(float));
        Vector256<float> b = Avx2.GatherVector256(row + 1, first, sizeof(float));
        return Vector256.MultiplyAddEstimate(b - a, fraction, a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Level(Vector256<float> value) =>
        Vector256.MinNative(Vector256.MaxNative(value, Vector256<float>.Zero), Vector256.Create(255f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Mix(float* at, float fraction) => at[0] + ((at[1] - at[0]) * fraction);
}
