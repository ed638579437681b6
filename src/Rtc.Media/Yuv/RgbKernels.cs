using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rtc.Media.Yuv;

/// <summary>Rows of pixels between colour spaces: vectors where there are some, and the plain twin for the rest of a row.</summary>
internal static unsafe class RgbKernels
{
    // BT.601 with luma 16–235 and chroma 16–240, from and to levels 0–255.
    private const float LumaGain = 255f / 219;
    private const float RedOfV = 1.402f * 255 / 224;
    private const float GreenOfU = -0.344136f * 255 / 224;
    private const float GreenOfV = -0.714136f * 255 / 224;
    private const float BlueOfU = 1.772f * 255 / 224;
    private const float LumaOfRed = 65.481f / 255;
    private const float LumaOfGreen = 128.553f / 255;
    private const float LumaOfBlue = 24.966f / 255;
    private const float UOfRed = -37.797f / 255;
    private const float UOfGreen = -74.203f / 255;
    private const float UOfBlue = 112f / 255;
    private const float VOfRed = 112f / 255;
    private const float VOfGreen = -93.786f / 255;
    private const float VOfBlue = -18.214f / 255;
    private const float Half = 0.5f;

    public static void RowToBgra(byte* y, byte* u, byte* v, byte* target, int width)
    {
        int x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; x + 16 <= width; x += 16)
            {
                (Vector256<float> y0, Vector256<float> y1) = ByteVectors.Widen(Vector128.Load(y + x));
                (Vector256<float> u0, Vector256<float> u1) = ByteVectors.Widen(Twice(u + (x / 2)));
                (Vector256<float> v0, Vector256<float> v1) = ByteVectors.Widen(Twice(v + (x / 2)));
                Bgra(y0, u0, v0).Store((uint*)target + x);
                Bgra(y1, u1, v1).Store((uint*)target + x + 8);
            }
        }

        RowToBgraScalar(y + x, u + (x / 2), v + (x / 2), target + (4 * x), width - x);
    }

    public static void RowToBgraScalar(byte* y, byte* u, byte* v, byte* target, int width)
    {
        for (int x = 0; x < width; x++)
        {
            float luma = (y[x] - 16) * LumaGain;
            float cu = u[x / 2] - 128;
            float cv = v[x / 2] - 128;
            target[(4 * x) + 0] = Level(luma + (BlueOfU * cu));
            target[(4 * x) + 1] = Level(luma + (GreenOfU * cu) + (GreenOfV * cv));
            target[(4 * x) + 2] = Level(luma + (RedOfV * cv));
            target[(4 * x) + 3] = 255;
        }
    }

    public static void RowToLuma(byte* bgra, byte* target, int width)
    {
        int x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; x + 8 <= width; x += 8)
            {
                (Vector256<float> r, Vector256<float> g, Vector256<float> b) = Split(Vector256.Load((uint*)bgra + x));
                Vector256<float> luma = (r * LumaOfRed) + (g * LumaOfGreen) + (b * LumaOfBlue) + Vector256.Create(16 + Half);
                Vector256<int> levels = Vector256.ConvertToInt32(luma);
                Vector128<ushort> narrow = Vector128.Narrow(levels.GetLower().AsUInt32(), levels.GetUpper().AsUInt32());
                *(ulong*)(target + x) = Vector128.Narrow(narrow, narrow).AsUInt64().ToScalar();
            }
        }

        RowToLumaScalar(bgra + (4 * x), target + x, width - x);
    }

    public static void RowToLumaScalar(byte* bgra, byte* target, int width)
    {
        for (int x = 0; x < width; x++)
        {
            target[x] = Level(16 + (bgra[(4 * x) + 2] * LumaOfRed) + (bgra[(4 * x) + 1] * LumaOfGreen) + (bgra[4 * x] * LumaOfBlue));
        }
    }

    /// <summary>Each column's chroma, the mean of two rows, without its offset of 128.</summary>
    public static void RowsToChroma(byte* upper, byte* lower, float* u, float* v, int width)
    {
        int x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; x + 8 <= width; x += 8)
            {
                (Vector256<float> r, Vector256<float> g, Vector256<float> b) = Split(Vector256.Load((uint*)upper + x));
                (Vector256<float> r1, Vector256<float> g1, Vector256<float> b1) = Split(Vector256.Load((uint*)lower + x));
                r = (r + r1) * Half;
                g = (g + g1) * Half;
                b = (b + b1) * Half;
                ((r * UOfRed) + (g * UOfGreen) + (b * UOfBlue)).Store(u + x);
                ((r * VOfRed) + (g * VOfGreen) + (b * VOfBlue)).Store(v + x);
            }
        }

        RowsToChromaScalar(upper + (4 * x), lower + (4 * x), u + x, v + x, width - x);
    }

    public static void RowsToChromaScalar(byte* upper, byte* lower, float* u, float* v, int width)
    {
        for (int x = 0; x < width; x++)
        {
            float b = (upper[4 * x] + lower[4 * x]) * Half;
            float g = (upper[(4 * x) + 1] + lower[(4 * x) + 1]) * Half;
            float r = (upper[(4 * x) + 2] + lower[(4 * x) + 2]) * Half;
            u[x] = (r * UOfRed) + (g * UOfGreen) + (b * UOfBlue);
            v[x] = (r * VOfRed) + (g * VOfGreen) + (b * VOfBlue);
        }
    }

    public static void HalveChroma(float* columns, byte* target, int width)
    {
        for (int x = 0; x < width / 2; x++)
        {
            target[x] = Level(128 + ((columns[2 * x] + columns[(2 * x) + 1]) * Half));
        }

        if ((width & 1) != 0)
        {
            target[width / 2] = Level(128 + columns[width - 1]);
        }
    }

    public static void BgraToRgb(ReadOnlySpan<byte> bgra, Span<byte> rgb)
    {
        for (int from = 0, to = 0; to + 2 < rgb.Length; from += 4, to += 3)
        {
            rgb[to] = bgra[from + 2];
            rgb[to + 1] = bgra[from + 1];
            rgb[to + 2] = bgra[from];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Bgra(Vector256<float> y, Vector256<float> u, Vector256<float> v)
    {
        Vector256<float> luma = ((y - Vector256.Create(16f)) * LumaGain) + Vector256.Create(Half);
        u -= Vector256.Create(128f);
        v -= Vector256.Create(128f);
        Vector256<uint> blue = Clamp(luma + (u * BlueOfU));
        Vector256<uint> green = Clamp(luma + (u * GreenOfU) + (v * GreenOfV));
        Vector256<uint> red = Clamp(luma + (v * RedOfV));
        return blue | (green << 8) | (red << 16) | Vector256.Create(0xFF000000u);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Clamp(Vector256<float> level) =>
        Vector256.ConvertToInt32(Vector256.Min(Vector256.Max(level, Vector256<float>.Zero), Vector256.Create(255f))).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Red, Vector256<float> Green, Vector256<float> Blue) Split(Vector256<uint> bgra)
    {
        var low = Vector256.Create(255u);
        return (
            Vector256.ConvertToSingle(((bgra >>> 16) & low).AsInt32()),
            Vector256.ConvertToSingle(((bgra >>> 8) & low).AsInt32()),
            Vector256.ConvertToSingle((bgra & low).AsInt32()));
    }

    /// <summary>Eight samples, each one twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Twice(byte* at) =>
        Vector128.Shuffle(
            Vector128.CreateScalar(*(ulong*)at).AsByte(), Vector128.Create((byte)0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7));

    private static byte Level(float value) => (byte)Math.Clamp(value + Half, 0, 255);
}
