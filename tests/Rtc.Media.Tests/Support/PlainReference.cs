namespace Rtc.Media.Tests.Support;

/// <summary>The textbook's formulas, one pixel at a time in doubles: what the fast code is held against.</summary>
internal static class PlainReference
{
    /// <summary>Levels of red, green and blue at a point of the picture, bilinear, BT.601 limited range.</summary>
    public static double[] Rgb(Picture picture, double x, double y)
    {
        double luma = Bilinear((cx, cy) => picture.RowY(cy)[cx], picture.Width, picture.Height, x, y);
        (double chromaX, double chromaY) = ((x - 0.5) / 2, (y - 0.5) / 2);
        double u = Bilinear((cx, cy) => picture.RowU(cy)[cx], picture.ChromaWidth, picture.ChromaHeight, chromaX, chromaY);
        double v = Bilinear((cx, cy) => picture.RowV(cy)[cx], picture.ChromaWidth, picture.ChromaHeight, chromaX, chromaY);
        return ToRgb(luma, u, v);
    }

    public static double[] ToRgb(double y, double u, double v)
    {
        (double l, double b, double r) = ((y - 16) / 219, (u - 128) / 224, (v - 128) / 224);
        return
        [
            Math.Clamp(255 * (l + (1.402 * r)), 0, 255),
            Math.Clamp(255 * (l - (0.344136 * b) - (0.714136 * r)), 0, 255),
            Math.Clamp(255 * (l + (1.772 * b)), 0, 255),
        ];
    }

    /// <summary>Luma convolved with a Gaussian, the border's pixels repeated outwards.</summary>
    public static double[] Gaussian(Picture picture, double sigma)
    {
        int radius = (int)Math.Ceiling(5 * sigma);
        double[] kernel = new double[(2 * radius) + 1];
        for (int i = -radius; i <= radius; i++)
        {
            kernel[i + radius] = Math.Exp(-(i * i) / (2 * sigma * sigma));
        }

        double sum = kernel.Sum();
        (int width, int height) = (picture.Width, picture.Height);
        double[] across = new double[width * height];
        double[] result = new double[width * height];
        for (int y = 0; y < height; y++)
        {
            byte[] row = picture.RowY(y).ToArray();
            for (int x = 0; x < width; x++)
            {
                for (int i = -radius; i <= radius; i++)
                {
                    across[(y * width) + x] += row[Math.Clamp(x + i, 0, width - 1)] * kernel[i + radius] / sum;
                }
            }
        }

        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int i = -radius; i <= radius; i++)
                {
                    result[(y * width) + x] += across[(Math.Clamp(y + i, 0, height - 1) * width) + x] * kernel[i + radius] / sum;
                }
            }
        }

        return result;
    }

    private static double Bilinear(Func<int, int, byte> at, int width, int height, double x, double y)
    {
        x = Math.Clamp(x, 0, width - 1);
        y = Math.Clamp(y, 0, height - 1);
        (int x0, int y0) = ((int)x, (int)y);
        (int x1, int y1) = (Math.Min(x0 + 1, width - 1), Math.Min(y0 + 1, height - 1));
        double top = at(x0, y0) + ((at(x1, y0) - at(x0, y0)) * (x - x0));
        double bottom = at(x0, y1) + ((at(x1, y1) - at(x0, y1)) * (x - x0));
        return top + ((bottom - top) * (y - y0));
    }
}
