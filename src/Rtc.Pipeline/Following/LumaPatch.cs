using Rtc.Media;

namespace Rtc.Pipeline.Following;

/// <summary>Takes a 64×64 patch of brightness out of a picture, ready for the Fourier transform.</summary>
internal static class LumaPatch
{
    private static readonly float[] Hann = BuildHann();

    /// <summary>
    /// Samples the area around (<paramref name="x"/>, <paramref name="y"/>) in pixels, each cell <paramref name="stepX"/> by
    /// <paramref name="stepY"/> pixels apart; beyond the edge the edge goes on. Then evens out contrast (logarithm, mean 0,
    /// norm 1) and fades to the sides, because the transform sees the patch as wrapped around.
    /// </summary>
    public static void Take(Picture picture, float x, float y, float stepX, float stepY, Span<float> into)
    {
        const int side = Fourier64.Side;
        Span<int> columns = stackalloc int[side];
        Span<float> parts = stackalloc float[side];
        int lastX = picture.Width - 1;
        int lastY = picture.Height - 1;
        for (int i = 0; i < side; i++)
        {
            float at = Math.Clamp(x + ((i - (side / 2)) * stepX), 0, lastX);
            columns[i] = Math.Min((int)at, Math.Max(0, lastX - 1));
            parts[i] = at - columns[i];
        }

        for (int row = 0; row < side; row++)
        {
            float at = Math.Clamp(y + ((row - (side / 2)) * stepY), 0, lastY);
            int upperRow = Math.Min((int)at, Math.Max(0, lastY - 1));
            float part = at - upperRow;
            ReadOnlySpan<byte> upper = picture.RowY(upperRow);
            ReadOnlySpan<byte> lower = picture.RowY(Math.Min(upperRow + 1, lastY));
            Span<float> target = into.Slice(row * side, side);
            for (int i = 0; i < side; i++)
            {
                int left = columns[i];
                int right = Math.Min(left + 1, lastX);
                float above = upper[left] + (parts[i] * (upper[right] - upper[left]));
                float below = lower[left] + (parts[i] * (lower[right] - lower[left]));
                target[i] = above + (part * (below - above));
            }
        }

        Normalise(into);
    }

    /// <summary>The whole picture, each cell the mean of what it covers.</summary>
    public static void TakeWhole(Picture picture, Span<float> into)
    {
        const int side = Fourier64.Side;
        Span<int> sums = stackalloc int[side];
        for (int row = 0; row < side; row++)
        {
            int top = row * picture.Height / side;
            int bottom = Math.Max(top + 1, (row + 1) * picture.Height / side);
            sums.Clear();
            for (int y = top; y < bottom; y++)
            {
                ReadOnlySpan<byte> luma = picture.RowY(y);
                for (int column = 0; column < side; column++)
                {
                    int left = column * luma.Length / side;
                    int right = Math.Max(left + 1, (column + 1) * luma.Length / side);
                    int sum = 0;
                    for (int x = left; x < right; x++)
                    {
                        sum += luma[x];
                    }

                    sums[column] += sum / (right - left);
                }
            }

            for (int column = 0; column < side; column++)
            {
                into[(row * side) + column] = sums[column] / (float)(bottom - top);
            }
        }

        Normalise(into);
    }

    private static void Normalise(Span<float> patch)
    {
        double sum = 0;
        for (int i = 0; i < patch.Length; i++)
        {
            patch[i] = MathF.Log(patch[i] + 1);
            sum += patch[i];
        }

        float mean = (float)(sum / patch.Length);
        double squares = 0;
        for (int i = 0; i < patch.Length; i++)
        {
            patch[i] -= mean;
            squares += patch[i] * patch[i];
        }

        float scale = squares > 1e-6 ? (float)(1 / Math.Sqrt(squares / patch.Length)) : 0;
        for (int row = 0; row < Fourier64.Side; row++)
        {
            for (int i = 0; i < Fourier64.Side; i++)
            {
                patch[(row * Fourier64.Side) + i] *= scale * Hann[row] * Hann[i];
            }
        }
    }

    private static float[] BuildHann()
    {
        float[] window = new float[Fourier64.Side];
        for (int i = 0; i < window.Length; i++)
        {
            window[i] = 0.5f * (1 - MathF.Cos(2 * MathF.PI * i / (window.Length - 1)));
        }

        return window;
    }
}
