namespace Rtc.Media.Tests.Support;

/// <summary>Made-up pictures: noise from a seed, and a scene that moves and can be compressed.</summary>
internal static class Pictures
{
    public static Picture Noise(PicturePool pool, int width, int height, int seed)
    {
        var random = new Random(seed);
        Picture picture = pool.Rent(width, height);
        for (int y = 0; y < height; y++)
        {
            random.NextBytes(picture.RowY(y));
        }

        for (int y = 0; y < picture.ChromaHeight; y++)
        {
            random.NextBytes(picture.RowU(y));
            random.NextBytes(picture.RowV(y));
        }

        return picture;
    }

    /// <summary>Soft gradients with a bright ball that moves: smooth enough for a codec to keep.</summary>
    public static Picture Scene(PicturePool pool, int width, int height, int time)
    {
        Picture picture = pool.Rent(width, height);
        (double ballX, double ballY) = (width * (0.5 + (0.3 * Math.Cos(time / 9.0))), height * (0.5 + (0.3 * Math.Sin(time / 7.0))));
        double radius = Math.Max(2, height / 8.0);
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = 0; x < width; x++)
            {
                double far = Math.Sqrt(((x - ballX) * (x - ballX)) + ((y - ballY) * (y - ballY)));
                double wave = 110 + (40 * Math.Sin(x / 17.0)) + (30 * Math.Cos(y / 13.0));
                row[x] = (byte)(far < radius ? 220 : wave);
            }
        }

        for (int y = 0; y < picture.ChromaHeight; y++)
        {
            Span<byte> u = picture.RowU(y);
            Span<byte> v = picture.RowV(y);
            for (int x = 0; x < u.Length; x++)
            {
                double far = Math.Sqrt(((2 * x - ballX) * (2 * x - ballX)) + ((2 * y - ballY) * (2 * y - ballY)));
                u[x] = (byte)(far < radius ? 90 : 128 + (x * 40 / Math.Max(1, u.Length)));
                v[x] = (byte)(far < radius ? 200 : 128 - (y * 40 / Math.Max(1, picture.ChromaHeight)));
            }
        }

        return picture;
    }

    public static Picture Flat(PicturePool pool, int width, int height, byte y, byte u = 128, byte v = 128)
    {
        Picture picture = pool.Rent(width, height);
        for (int row = 0; row < height; row++)
        {
            picture.RowY(row).Fill(y);
        }

        for (int row = 0; row < picture.ChromaHeight; row++)
        {
            picture.RowU(row).Fill(u);
            picture.RowV(row).Fill(v);
        }

        return picture;
    }
}
