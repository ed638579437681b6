using System.Runtime.Intrinsics;

namespace Rtc.Media.Imaging;

/// <summary>Small loops over rows of alpha.</summary>
internal static unsafe class AlphaKernels
{
    /// <summary>target = max(target, source).</summary>
    public static void Lighten(byte* source, byte* target, int width)
    {
        int x = 0;
        for (; x + 32 <= width && Vector256.IsHardwareAccelerated; x += 32)
        {
            Vector256.Max(Vector256.Load(source + x), Vector256.Load(target + x)).Store(target + x);
        }

        for (; x < width; x++)
        {
            target[x] = Math.Max(target[x], source[x]);
        }
    }

    public static void Invert(byte* row, int width)
    {
        int x = 0;
        for (; x + 32 <= width && Vector256.IsHardwareAccelerated; x += 32)
        {
            (~Vector256.Load(row + x)).Store(row + x);
        }

        for (; x < width; x++)
        {
            row[x] = (byte)(255 - row[x]);
        }
    }

    /// <summary>Blends one level into a row: target += (level − target) × alpha × opacity, opacity being of 256.</summary>
    public static void Tint(byte* target, byte* alpha, int opacity, byte level, int width)
    {
        int x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var share = Vector256.Create((ushort)opacity);
            var colour = Vector256.Create((ushort)level);
            for (; x + 16 <= width; x += 16)
            {
                Vector256<ushort> a = Wide(alpha + x);
                a = ((a + (a >>> 7)) * share) >>> 8;
                Vector256<ushort> mixed =
                    ((Wide(target + x) * (Vector256.Create((ushort)256) - a)) + (colour * a) + Vector256.Create((ushort)128)) >>> 8;
                Vector128.Narrow(mixed.GetLower(), mixed.GetUpper()).Store(target + x);
            }
        }

        for (; x < width; x++)
        {
            int a = ((alpha[x] + (alpha[x] >> 7)) * opacity) >> 8;
            target[x] = (byte)(((target[x] * (256 - a)) + (level * a) + 128) >> 8);
        }
    }

    private static Vector256<ushort> Wide(byte* at)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(at));
        return Vector256.Create(low, high);
    }
}
