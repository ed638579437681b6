using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rtc.Media.Imaging;

/// <summary>The inner loops that mix rows of bytes: blurred with sharp ones by a mask, and a mask's with each other.</summary>
internal static unsafe class MixKernels
{
    /// <summary>
    /// Mixes two blurred rows and lays the result under the source by its alpha: 255 keeps the source's bytes as they are.
    /// </summary>
    public static void Composite(byte* source, byte* upper, byte* lower, int share, byte* alpha, byte* target, int width)
    {
        int x = 0;
        if (BlurKernels.Vectors)
        {
            var lowerShare = Vector256.Create((ushort)share);
            var upperShare = Vector256.Create((ushort)(256 - share));
            for (; x + 16 <= width; x += 16)
            {
                Vector256<ushort> keep = Wide(alpha + x);
                keep += keep >>> 7;
                Vector256<ushort> blurred =
                    ((Wide(upper + x) * upperShare) + (Wide(lower + x) * lowerShare) + Vector256.Create((ushort)128)) >>> 8;
                Vector256<ushort> mixed =
                    ((Wide(source + x) * keep) + (blurred * (Vector256.Create((ushort)256) - keep)) + Vector256.Create((ushort)128)) >>> 8;
                Vector128.Narrow(mixed.GetLower(), mixed.GetUpper()).Store(target + x);
            }
        }

        for (; x < width; x++)
        {
            int keep = alpha[x] + (alpha[x] >> 7);
            int blurred = ((upper[x] * (256 - share)) + (lower[x] * share) + 128) >> 8;
            target[x] = (byte)(((source[x] * keep) + (blurred * (256 - keep)) + 128) >> 8);
        }
    }

    /// <summary>Mixes two rows of bytes.</summary>
    public static void MixRows(byte* upper, byte* lower, int share, byte* target, int width)
    {
        int x = 0;
        if (BlurKernels.Vectors)
        {
            var lowerShare = Vector256.Create((ushort)share);
            var upperShare = Vector256.Create((ushort)(256 - share));
            for (; x + 16 <= width; x += 16)
            {
                Vector256<ushort> mixed =
                    ((Wide(upper + x) * upperShare) + (Wide(lower + x) * lowerShare) + Vector256.Create((ushort)128)) >>> 8;
                Vector128.Narrow(mixed.GetLower(), mixed.GetUpper()).Store(target + x);
            }
        }

        for (; x < width; x++)
        {
            target[x] = (byte)(((upper[x] * (256 - share)) + (lower[x] * share) + 128) >> 8);
        }
    }

    /// <summary>The mean of each 2×2 block of two rows: what a chroma sample sees of a mask.</summary>
    public static void Halve(byte* upper, byte* lower, int width, byte* target)
    {
        int pairs = width / 2;
        int x = 0;
        if (BlurKernels.Vectors)
        {
            var low = Vector256.Create((ushort)0x00FF);
            for (; x + 16 <= pairs; x += 16)
            {
                Vector256<ushort> a = Vector256.Load((ushort*)(upper + (2 * x)));
                Vector256<ushort> b = Vector256.Load((ushort*)(lower + (2 * x)));
                Vector256<ushort> mean = ((a & low) + (a >>> 8) + (b & low) + (b >>> 8) + Vector256.Create((ushort)2)) >>> 2;
                Vector128.Narrow(mean.GetLower(), mean.GetUpper()).Store(target + x);
            }
        }

        for (; x < pairs; x++)
        {
            target[x] = (byte)((upper[2 * x] + upper[(2 * x) + 1] + lower[2 * x] + lower[(2 * x) + 1] + 2) >> 2);
        }

        if ((width & 1) != 0)
        {
            target[pairs] = (byte)((upper[width - 1] + lower[width - 1] + 1) >> 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Wide(byte* at)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(at));
        return Vector256.Create(low, high);
    }
}
