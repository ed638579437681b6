namespace Rtc.Media.Tests.Support;

/// <summary>How far one picture is from another.</summary>
internal static class Quality
{
    /// <summary>Luma PSNR in decibels; 99 where nothing differs.</summary>
    public static double Psnr(Picture a, Picture b, RectF? area = null)
    {
        RectF within = area ?? new RectF(0, 0, a.Width, a.Height);
        double squares = 0;
        long count = 0;
        for (int y = (int)within.Top; y < (int)within.Bottom; y++)
        {
            Span<byte> rowA = a.RowY(y);
            Span<byte> rowB = b.RowY(y);
            for (int x = (int)within.Left; x < (int)within.Right; x++)
            {
                int d = rowA[x] - rowB[x];
                squares += d * d;
                count++;
            }
        }

        return squares == 0 ? 99 : 10 * Math.Log10(255.0 * 255.0 * count / squares);
    }

    /// <summary>Luma SSIM over 8×8 windows, every fourth pixel.</summary>
    public static double Ssim(Picture a, Picture b)
    {
        const double C1 = 6.5025;
        const double C2 = 58.5225;
        double total = 0;
        int windows = 0;
        for (int y = 0; y + 8 <= a.Height; y += 4)
        {
            for (int x = 0; x + 8 <= a.Width; x += 4)
            {
                (double sumA, double sumB, double sumAA, double sumBB, double sumAB) = (0, 0, 0, 0, 0);
                for (int j = 0; j < 8; j++)
                {
                    Span<byte> rowA = a.RowY(y + j).Slice(x, 8);
                    Span<byte> rowB = b.RowY(y + j).Slice(x, 8);
                    for (int i = 0; i < 8; i++)
                    {
                        sumA += rowA[i];
                        sumB += rowB[i];
                        sumAA += rowA[i] * rowA[i];
                        sumBB += rowB[i] * rowB[i];
                        sumAB += rowA[i] * rowB[i];
                    }
                }

                (double meanA, double meanB) = (sumA / 64, sumB / 64);
                double varianceA = (sumAA / 64) - (meanA * meanA);
                double varianceB = (sumBB / 64) - (meanB * meanB);
                double covariance = (sumAB / 64) - (meanA * meanB);
                total += ((2 * meanA * meanB) + C1) * ((2 * covariance) + C2)
                    / (((meanA * meanA) + (meanB * meanB) + C1) * (varianceA + varianceB + C2));
                windows++;
            }
        }

        return total / windows;
    }

    public static bool Same(Picture a, Picture b)
    {
        if (a.Width != b.Width || a.Height != b.Height)
        {
            return false;
        }

        for (int y = 0; y < a.Height; y++)
        {
            if (!a.RowY(y).SequenceEqual(b.RowY(y)))
            {
                return false;
            }
        }

        for (int y = 0; y < a.ChromaHeight; y++)
        {
            if (!a.RowU(y).SequenceEqual(b.RowU(y)) || !a.RowV(y).SequenceEqual(b.RowV(y)))
            {
                return false;
            }
        }

        return true;
    }
}
