using System.Runtime.Intrinsics;

namespace Rtc.Media.Yuv;

/// <summary>
/// Between the full range of JPEG and of some H.264 (luma and chroma 0 to 255) and the limited range that all pictures
/// here have (luma 16 to 235, chroma 16 to 240). Every level is the formula's, rounded.
/// </summary>
internal static unsafe class RangeConvert
{
    private static readonly byte[] LumaToFull = Table(level => (level - 16) * 255.0 / 219);
    private static readonly byte[] ChromaToFull = Table(level => 128 + ((level - 128) * 255.0 / 224));

    public static void ToFull(PictureView source, PictureView target)
    {
        for (int y = 0; y < source.Height; y++)
        {
            Map(source.RowY(y), target.RowY(y), LumaToFull);
        }

        for (int y = 0; y < source.ChromaHeight; y++)
        {
            Map(source.RowU(y), target.RowU(y), ChromaToFull);
            Map(source.RowV(y), target.RowV(y), ChromaToFull);
        }
    }

    /// <summary>In place: luma 16 + level × 219 / 255, chroma 128 + (level − 128) × 224 / 255 = (level × 224 + 128 × 31) / 255.</summary>
    public static void ToLimited(PictureView picture)
    {
        for (int y = 0; y < picture.Height; y++)
        {
            Shrink(picture.RowY(y), 219, 0, 16);
        }

        for (int y = 0; y < picture.ChromaHeight; y++)
        {
            Shrink(picture.RowU(y), 224, 128 * 31, 0);
            Shrink(picture.RowV(y), 224, 128 * 31, 0);
        }
    }

    internal static void ShrinkScalar(Span<byte> row, int gain, int before, int after)
    {
        foreach (ref byte level in row)
        {
            level = (byte)(after + (((level * gain) + before + 127) / 255));
        }
    }

    internal static void Shrink(Span<byte> row, int gain, int before, int after)
    {
        int x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            fixed (byte* first = row)
            {
                for (; x + 32 <= row.Length; x += 32)
                {
                    (Vector256<ushort> low, Vector256<ushort> high) = Vector256.Widen(Vector256.Load(first + x));
                    Vector256.Narrow(Shrink(low, gain, before, after), Shrink(high, gain, before, after)).Store(first + x);
                }
            }
        }

        ShrinkScalar(row[x..], gain, before, after);
    }

    /// <summary>Division by 255, rounded, without dividing: exact for all that fits.</summary>
    private static Vector256<ushort> Shrink(Vector256<ushort> level, int gain, int before, int after)
    {
        Vector256<ushort> value = (level * (ushort)gain) + Vector256.Create((ushort)(before + 128));
        return ((value + (value >>> 8)) >>> 8) + Vector256.Create((ushort)after);
    }

    private static void Map(ReadOnlySpan<byte> source, Span<byte> target, byte[] table)
    {
        for (int x = 0; x < source.Length; x++)
        {
            target[x] = table[source[x]];
        }
    }

    private static byte[] Table(Func<int, double> formula)
    {
        byte[] table = new byte[256];
        for (int level = 0; level < 256; level++)
        {
            table[level] = (byte)Math.Clamp(Math.Round(formula(level)), 0, 255);
        }

        return table;
    }
}
