using System.Runtime.Intrinsics;

namespace Rtc.Studio.Removal;

/// <summary>
/// A row of cells of the background: of what several pictures show of each cell, the middle value, for as many cells at once as a
/// vector has bytes. Used again for each row.
/// </summary>
internal sealed class BackgroundRow
{
    public const int MaxSources = 15;

    private const int Planes = 3;
    private const int Lanes = 32;
    private const int Sorted = 16;

    // Batcher's merges of odd and even places: pairs that are set in order, one after another.
    private static readonly (byte Lower, byte Upper)[] s_network = [.. Network()];

    private readonly int _stride;
    private readonly byte[] _values;
    private readonly byte[] _medians;
    private readonly byte[] _counts;
    private int _sources;

    public BackgroundRow(int width)
    {
        _stride = (width + Lanes - 1) / Lanes * Lanes;
        _values = new byte[MaxSources * Planes * _stride];
        _medians = new byte[Planes * _stride];
        _counts = new byte[_stride];
    }

    public void Clear()
    {
        _sources = 0;
        Array.Clear(_counts);
    }

    /// <summary>What one picture more shows: nothing at first, then what is set.</summary>
    public RowValues Add(int length)
    {
        Span<byte> values = _values.AsSpan(_sources++ * Planes * _stride, Planes * _stride);

        // What is not shown sorts behind all that is.
        values.Fill(byte.MaxValue);
        return new RowValues(
            values[..length], values.Slice(_stride, length), values.Slice(2 * _stride, length), _counts.AsSpan(0, length));
    }

    public void FindMedians()
    {
        Span<Vector256<byte>> values = stackalloc Vector256<byte>[Sorted];
        for (int plane = 0; plane < Planes; plane++)
        {
            for (int at = 0; at < _stride; at += Lanes)
            {
                for (int source = 0; source < Sorted; source++)
                {
                    values[source] = source < _sources
                        ? Vector256.Create<byte>(_values.AsSpan((((source * Planes) + plane) * _stride) + at, Lanes))
                        : Vector256<byte>.AllBitsSet;
                }

                foreach ((byte lower, byte upper) in s_network)
                {
                    (Vector256<byte> a, Vector256<byte> b) = (values[lower], values[upper]);
                    (values[lower], values[upper]) = (Vector256.Min(a, b), Vector256.Max(a, b));
                }

                Vector256<byte> middle = Vector256.ShiftRightLogical(Vector256.Create<byte>(_counts.AsSpan(at, Lanes)), 1);
                Vector256<byte> median = values[0];
                for (int rank = 1; rank <= MaxSources / 2; rank++)
                {
                    median = Vector256.ConditionalSelect(Vector256.Equals(middle, Vector256.Create((byte)rank)), values[rank], median);
                }

                median.CopyTo(_medians.AsSpan((plane * _stride) + at, Lanes));
            }
        }
    }

    /// <summary>How many pictures show the cell.</summary>
    public int Count(int at) => _counts[at];

    /// <summary>By how many levels another value of a cell differs, all planes together.</summary>
    public int Difference(int at, byte luma, byte u, byte v) =>
        Math.Abs(luma - _medians[at]) + Math.Abs(u - _medians[_stride + at]) + Math.Abs(v - _medians[(2 * _stride) + at]);

    private static IEnumerable<(byte Lower, byte Upper)> Network()
    {
        for (int run = 1; run < Sorted; run *= 2)
        {
            for (int step = run; step > 0; step /= 2)
            {
                for (int from = step % run; from + step < Sorted; from += 2 * step)
                {
                    for (int i = 0; i < Math.Min(step, Sorted - from - step); i++)
                    {
                        if ((from + i) / (2 * run) == (from + i + step) / (2 * run))
                        {
                            yield return ((byte)(from + i), (byte)(from + i + step));
                        }
                    }
                }
            }
        }
    }
}

/// <summary>What one picture shows of a row of cells.</summary>
internal readonly ref struct RowValues(Span<byte> luma, Span<byte> u, Span<byte> v, Span<byte> counts)
{
    private readonly Span<byte> _luma = luma;
    private readonly Span<byte> _u = u;
    private readonly Span<byte> _v = v;
    private readonly Span<byte> _counts = counts;

    public int Length => _luma.Length;

    public void Set(int at, byte luma, byte u, byte v)
    {
        (_luma[at], _u[at], _v[at]) = (luma, u, v);
        _counts[at]++;
    }
}
