using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Rtc.Analysis.Scenes;

/// <summary>What two areas' correlation is made of: sums over the pixels of one, of the other and of both.</summary>
internal readonly struct PictureSums
{
    // Variance of grain: what is flatter has no structure to compare.
    private const double Floor = 9;

    private readonly int _count;
    private readonly long _earlier;
    private readonly long _later;
    private readonly long _earlierSquares;
    private readonly long _laterSquares;
    private readonly long _products;

    /// <param name="earlier">From the first pixel of the area on.</param>
    /// <param name="later">As well.</param>
    /// <param name="stride">From a row to the next, in both.</param>
    /// <param name="columns">Of the area.</param>
    /// <param name="rows">Of the area.</param>
    public PictureSums(ReadOnlySpan<byte> earlier, ReadOnlySpan<byte> later, int stride, int columns, int rows)
    {
        _count = columns * rows;
        Vector128<uint> a1 = default, b1 = default, aa = default, bb = default, ab = default;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> one = earlier.Slice(row * stride, columns), other = later.Slice(row * stride, columns);
            int at = 0;
            for (; at <= columns - Vector64<byte>.Count; at += Vector64<byte>.Count)
            {
                // A product of two bytes fits into sixteen bits.
                Vector128<ushort> a = Eight(one, at), b = Eight(other, at);
                a1 += Halves(a);
                b1 += Halves(b);
                aa += Halves(a * a);
                bb += Halves(b * b);
                ab += Halves(a * b);
            }

            for (; at < columns; at++)
            {
                int a = one[at], b = other[at];
                _earlier += a;
                _later += b;
                _earlierSquares += a * a;
                _laterSquares += b * b;
                _products += a * b;
            }
        }

        _earlier += Vector128.Sum(a1);
        _later += Vector128.Sum(b1);
        _earlierSquares += Vector128.Sum(aa);
        _laterSquares += Vector128.Sum(bb);
        _products += Vector128.Sum(ab);

        static Vector128<ushort> Eight(ReadOnlySpan<byte> of, int at) => Vector128.WidenLower(
            Vector128.CreateScalar(BinaryPrimitives.ReadUInt64LittleEndian(of[at..])).AsByte());

        static Vector128<uint> Halves(Vector128<ushort> of) => Vector128.WidenLower(of) + Vector128.WidenUpper(of);
    }

    /// <summary>1 where one is the other, brighter or darker or of more contrast; flat ones are alike.</summary>
    public double Likeness
    {
        get
        {
            (double a, double b, double both) = Variances();
            return (both + Floor) / Math.Sqrt((a + Floor) * (b + Floor));
        }
    }

    public double Deviation
    {
        get
        {
            (double a, double b, _) = Variances();
            return Math.Sqrt(Math.Max(a, b) + Floor);
        }
    }

    private (double Earlier, double Later, double Both) Variances()
    {
        double a = (double)_earlier / _count, b = (double)_later / _count;
        return (
            Math.Max(0, ((double)_earlierSquares / _count) - (a * a)), Math.Max(0, ((double)_laterSquares / _count) - (b * b)),
            ((double)_products / _count) - (a * b));
    }
}
