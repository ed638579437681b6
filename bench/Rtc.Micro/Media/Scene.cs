using Rtc.Media;

namespace Rtc.Micro.Media;

/// <summary>A made-up picture with detail, edges and motion: waves, a ball and a little noise.</summary>
internal static class Scene
{
    public static Picture At(PicturePool pool, int width, int height, int time)
    {
        Picture picture = pool.Rent(width, height);
        var random = new Random(time);
        byte[] grain = new byte[4096 + width];
        random.NextBytes(grain);
        double ballX = width * (0.5 + (0.3 * Math.Cos(time / 15.0)));
        double ballY = height * (0.5 + (0.3 * Math.Sin(time / 15.0)));
        double radius = height / 7.0;
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = picture.RowY(y);
            ReadOnlySpan<byte> noise = grain.AsSpan(random.Next(4096), width);
            double wave = 30 * Math.Cos(y / 23.0);
            for (int x = 0; x < width; x++)
            {
                bool inside = ((x - ballX) * (x - ballX)) + ((y - ballY) * (y - ballY)) < radius * radius;
                row[x] = (byte)((inside ? 200 : 110 + wave + (((x / 40) + (y / 40)) % 2 * 20)) + (noise[x] >> 6));
            }
        }

        for (int y = 0; y < picture.ChromaHeight; y++)
        {
            picture.RowU(y).Fill((byte)(110 + (y * 40 / picture.ChromaHeight)));
            picture.RowV(y).Fill((byte)(150 - (y * 40 / picture.ChromaHeight)));
        }

        return picture;
    }
}
