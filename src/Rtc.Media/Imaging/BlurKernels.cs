using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rtc.Media.Imaging;

/// <summary>
/// The blur's inner loops. Each one runs a vector loop where the machine has vectors and finishes with the plain loop,
/// which tests also run alone (<see cref="ScalarOnly"/>) to hold the two against each other.
/// </summary>
internal static unsafe class BlurKernels
{
    [ThreadStatic]
    private static bool _scalarOnly;

    /// <summary>Tests set this on their own thread.</summary>
    public static bool ScalarOnly
    {
        get => _scalarOnly;
        set => _scalarOnly = value;
    }

    /// <summary>Whether the vector loops run on this thread.</summary>
    public static bool Vectors => Vector256.IsHardwareAccelerated && !_scalarOnly;

    /// <summary>
    /// Averages blocks of factor × factor pixels; where there are fewer rows or columns left, the last one is repeated.
    /// The first and the last cell are what the border's pixels make if they go on outwards.
    /// </summary>
    public static void ReduceRows(byte* source, int stride, int width, int rows, int factor, ushort* sums, float* cells)
    {
        SumRows(source, stride, width, rows, factor - rows, sums);
        float share = 1f / (factor * factor);
        cells[0] = sums[0] * factor * share;
        float* inner = cells + 1;
        int whole = width / factor;
        int column = factor switch
        {
            2 when Vectors => PairSums(sums, share, inner, whole),
            4 when Vectors => QuadSums(sums, share, inner, whole),
            _ => 0,
        };
        for (; column < whole; column++)
        {
            int sum = 0;
            for (int i = 0; i < factor; i++)
            {
                sum += sums[(column * factor) + i];
            }

            inner[column] = sum * share;
        }

        if (whole * factor < width)
        {
            int sum = sums[width - 1] * (((whole + 1) * factor) - width);
            for (int i = whole * factor; i < width; i++)
            {
                sum += sums[i];
            }

            inner[column++] = sum * share;
        }

        inner[column] = sums[width - 1] * factor * share;
    }

    public static void Multiply(float* cells, float* by, int count)
    {
        for (int x = 0; x < count; x++)
        {
            cells[x] *= by[x];
        }
    }

    public static void Divide(float* cells, float* by, int count)
    {
        for (int x = 0; x < count; x++)
        {
            cells[x] /= by[x];
        }
    }

    /// <param name="row">Starts one radius before the first cell and is padded behind the last.</param>
    /// <param name="weights">The kernel.</param>
    /// <param name="taps">Its length.</param>
    /// <param name="target">Results.</param>
    /// <param name="count">Cells.</param>
    public static void ConvolveRow(float* row, float* weights, int taps, float* target, int count)
    {
        int x = 0;
        if (Vectors)
        {
            for (; x + 16 <= count; x += 16)
            {
                Vector256<float> first = Vector256<float>.Zero;
                Vector256<float> second = Vector256<float>.Zero;
                for (int tap = 0; tap < taps; tap++)
                {
                    var weight = Vector256.Create(weights[tap]);
                    first = Vector256.MultiplyAddEstimate(Vector256.Load(row + x + tap), weight, first);
                    second = Vector256.MultiplyAddEstimate(Vector256.Load(row + x + tap + 8), weight, second);
                }

                first.Store(target + x);
                second.Store(target + x + 8);
            }
        }

        for (; x < count; x++)
        {
            float sum = 0;
            for (int tap = 0; tap < taps; tap++)
            {
                sum += row[x + tap] * weights[tap];
            }

            target[x] = sum;
        }
    }

    public static void ConvolveColumn(float** lines, float* weights, int taps, float* target, int count)
    {
        int x = 0;
        if (Vectors)
        {
            for (; x + 16 <= count; x += 16)
            {
                Vector256<float> first = Vector256<float>.Zero;
                Vector256<float> second = Vector256<float>.Zero;
                for (int tap = 0; tap < taps; tap++)
                {
                    var weight = Vector256.Create(weights[tap]);
                    first = Vector256.MultiplyAddEstimate(Vector256.Load(lines[tap] + x), weight, first);
                    second = Vector256.MultiplyAddEstimate(Vector256.Load(lines[tap] + x + 8), weight, second);
                }

                first.Store(target + x);
                second.Store(target + x + 8);
            }
        }

        for (; x < count; x++)
        {
            float sum = 0;
            for (int tap = 0; tap < taps; tap++)
            {
                sum += lines[tap][x] * weights[tap];
            }

            target[x] = sum;
        }
    }

    /// <summary>Linear interpolation between cell centres, rounded to bytes; <paramref name="cells"/> starts with the frame's.</summary>
    public static void WidenRow(float* cells, int factor, byte* target, int width)
    {
        int half = factor / 2;
        WidenScalar(cells, factor, target, 0, Math.Min(half, width));
        int columns = 0;
        if (Vectors && width > half)
        {
            columns = factor switch
            {
                1 => Narrow(cells + 1, target, width),
                2 => WidenByTwo(cells + 1, target + half, width - half),
                _ => WidenByFours(cells + 1, factor, target + half, width - half),
            };
        }

        WidenScalar(cells, factor, target, half + (columns * factor), width);
    }

    private static void WidenScalar(float* cells, int factor, byte* target, int from, int to)
    {
        for (int x = from; x < to; x++)
        {
            float at = ((x + 0.5f) / factor) + 0.5f;
            int first = (int)at;
            target[x] = Level(cells[first] + ((cells[first + 1] - cells[first]) * (at - first)));
        }
    }

    private static void SumRows(byte* source, int stride, int width, int rows, int repeats, ushort* sums)
    {
        int x = 0;
        if (Vectors)
        {
            for (; x + 32 <= width; x += 32)
            {
                (Vector256<ushort> low, Vector256<ushort> high) = Vector256.Widen(Vector256.Load(source + x));
                for (int row = 1; row < rows; row++)
                {
                    (Vector256<ushort> moreLow, Vector256<ushort> moreHigh) = Vector256.Widen(
                        Vector256.Load(source + ((long)row * stride) + x));
                    low += moreLow;
                    high += moreHigh;
                }

                if (repeats > 0)
                {
                    (Vector256<ushort> lastLow, Vector256<ushort> lastHigh) = Vector256.Widen(
                        Vector256.Load(source + ((long)(rows - 1) * stride) + x));
                    low += lastLow * (ushort)repeats;
                    high += lastHigh * (ushort)repeats;
                }

                low.Store(sums + x);
                high.Store(sums + x + 16);
            }
        }

        for (; x < width; x++)
        {
            int sum = source[((long)(rows - 1) * stride) + x] * repeats;
            for (int row = 0; row < rows; row++)
            {
                sum += source[((long)row * stride) + x];
            }

            sums[x] = (ushort)sum;
        }
    }

    private static int PairSums(ushort* sums, float share, float* cells, int columns)
    {
        int column = 0;
        for (; column + 8 <= columns; column += 8)
        {
            Vector256<uint> pairs = Vector256.Load((uint*)(sums + (column * 2)));
            Vector256<uint> sum = (pairs & Vector256.Create(0xFFFFu)) + (pairs >>> 16);
            (Vector256.ConvertToSingle(sum.AsInt32()) * share).Store(cells + column);
        }

        return column;
    }

    private static int QuadSums(ushort* sums, float share, float* cells, int columns)
    {
        int column = 0;
        for (; column + 4 <= columns; column += 4)
        {
            Vector256<uint> pairs = Vector256.Load((uint*)(sums + (column * 4)));
            Vector256<ulong> sum = ((pairs & Vector256.Create(0xFFFFu)) + (pairs >>> 16)).AsUInt64();
            sum = (sum & Vector256.Create(0xFFFFFFFFul)) + (sum >>> 32);
            Vector128<int> four = Vector128.Narrow(sum.GetLower(), sum.GetUpper()).AsInt32();
            (Vector128.ConvertToSingle(four) * share).Store(cells + column);
        }

        return column;
    }

    private static int WidenByFours(float* cells, int factor, byte* target, int room)
    {
        int column = 0;
        var steps = Vector128.Create(0f, 1f, 2f, 3f);
        for (; (column + 1) * factor <= room; column++)
        {
            float step = (cells[column + 1] - cells[column]) / factor;
            Vector128<float> value = Vector128.Create(cells[column] + 0.5f) + ((steps + Vector128.Create(0.5f)) * step);
            byte* at = target + (column * factor);
            for (int i = 0; i < factor; i += 4)
            {
                Vector128<int> levels = Vector128.ConvertToInt32(value);
                Vector128<short> narrow = Vector128.Narrow(levels, levels);
                *(uint*)(at + i) = Vector128.Narrow(narrow.AsUInt16(), narrow.AsUInt16()).AsUInt32().ToScalar();
                value += Vector128.Create(4 * step);
            }
        }

        return column;
    }

    private static int WidenByTwo(float* cells, byte* target, int room)
    {
        int column = 0;
        for (; (column + 8) * 2 <= room; column += 8)
        {
            Vector256<float> here = Vector256.Load(cells + column);
            Vector256<float> step = Vector256.Load(cells + column + 1) - here;
            Vector256<int> even = Vector256.ConvertToInt32(
                Vector256.MultiplyAddEstimate(step, Vector256.Create(0.25f), here + Vector256.Create(0.5f)));
            Vector256<int> odd = Vector256.ConvertToInt32(
                Vector256.MultiplyAddEstimate(step, Vector256.Create(0.75f), here + Vector256.Create(0.5f)));
            Vector256<int> pairs = even | (odd << 8);
            Vector128.Narrow(pairs.GetLower().AsUInt32(), pairs.GetUpper().AsUInt32()).Store((ushort*)target + column);
        }

        return column;
    }

    private static int Narrow(float* cells, byte* target, int count)
    {
        int x = 0;
        for (; x + 8 <= count; x += 8)
        {
            Vector256<int> levels = Vector256.ConvertToInt32(Vector256.Load(cells + x) + Vector256.Create(0.5f));
            Vector128<ushort> narrow = Vector128.Narrow(levels.GetLower().AsUInt32(), levels.GetUpper().AsUInt32());
            *(ulong*)(target + x) = Vector128.Narrow(narrow, narrow).AsUInt64().ToScalar();
        }

        return x;
    }

    private static byte Level(float value) => (byte)(value + 0.5f);
}
