using System.Numerics;

namespace Rtc.Pipeline.Following;

/// <summary>
/// The Fourier transform of a 64×64 complex patch, in place. Butterflies run down the columns, so that each works on
/// whole rows with the machine's vectors; a transposition between turns rows into columns. Forward therefore leaves the
/// spectrum transposed, which is all the same to products of spectra, and <see cref="Inverse"/> turns it back.
/// </summary>
internal static class Fourier64
{
    public const int Side = 64;
    public const int Cells = Side * Side;
    private const int Stages = 6;

    private static readonly int[] Reversed = BuildReversed();
    private static readonly float[] Cosines = BuildWave(Math.Cos);
    private static readonly float[] Sines = BuildWave(Math.Sin);

    public static void Forward(Span<float> real, Span<float> imaginary)
    {
        Columns(real, imaginary);
        Transpose(real);
        Transpose(imaginary);
        Columns(real, imaginary);
    }

    public static void Inverse(Span<float> real, Span<float> imaginary)
    {
        // Exchanging the parts before and after turns the transform around.
        Forward(imaginary, real);
        for (int i = 0; i < Cells; i++)
        {
            real[i] *= 1f / Cells;
            imaginary[i] *= 1f / Cells;
        }
    }

    private static void Columns(Span<float> real, Span<float> imaginary)
    {
        for (int row = 0; row < Side; row++)
        {
            int other = Reversed[row];
            if (row < other)
            {
                SwapRows(real, row, other);
                SwapRows(imaginary, row, other);
            }
        }

        for (int half = 1; half < Side; half *= 2)
        {
            int stride = Side / (2 * half);
            for (int start = 0; start < Side; start += 2 * half)
            {
                for (int k = 0; k < half; k++)
                {
                    Butterfly(
                        Row(real, start + k), Row(imaginary, start + k), Row(real, start + k + half), Row(imaginary, start + k + half),
                        Cosines[k * stride], -Sines[k * stride]);
                }
            }
        }
    }

    private static void Butterfly(
        Span<float> upperReal, Span<float> upperImaginary, Span<float> lowerReal, Span<float> lowerImaginary, float cosine, float sine)
    {
        for (int i = 0; i < Side; i += Vector<float>.Count)
        {
            var lr = new Vector<float>(lowerReal[i..]);
            var li = new Vector<float>(lowerImaginary[i..]);
            var ur = new Vector<float>(upperReal[i..]);
            var ui = new Vector<float>(upperImaginary[i..]);
            Vector<float> tr = (lr * cosine) - (li * sine);
            Vector<float> ti = (lr * sine) + (li * cosine);
            (ur + tr).CopyTo(upperReal[i..]);
            (ui + ti).CopyTo(upperImaginary[i..]);
            (ur - tr).CopyTo(lowerReal[i..]);
            (ui - ti).CopyTo(lowerImaginary[i..]);
        }
    }

    private static void Transpose(Span<float> cells)
    {
        for (int y = 0; y < Side; y++)
        {
            for (int x = y + 1; x < Side; x++)
            {
                (cells[(y * Side) + x], cells[(x * Side) + y]) = (cells[(x * Side) + y], cells[(y * Side) + x]);
            }
        }
    }

    private static Span<float> Row(Span<float> cells, int row) => cells.Slice(row * Side, Side);

    private static void SwapRows(Span<float> cells, int a, int b)
    {
        Span<float> spare = stackalloc float[Side];
        Row(cells, a).CopyTo(spare);
        Row(cells, b).CopyTo(Row(cells, a));
        spare.CopyTo(Row(cells, b));
    }

    private static int[] BuildReversed()
    {
        int[] reversed = new int[Side];
        for (int i = 0; i < Side; i++)
        {
            for (int bit = 0; bit < Stages; bit++)
            {
                reversed[i] |= ((i >> bit) & 1) << (Stages - 1 - bit);
            }
        }

        return reversed;
    }

    private static float[] BuildWave(Func<double, double> wave)
    {
        float[] values = new float[Side / 2];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)wave(2 * Math.PI * i / Side);
        }

        return values;
    }
}
