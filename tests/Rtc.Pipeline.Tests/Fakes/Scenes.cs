using Rtc.Media;

namespace Rtc.Pipeline.Tests.Fakes;

/// <summary>Pictures with texture that can be followed.</summary>
internal static class Scenes
{
    /// <summary>Smooth noise in both directions, the same for the same seed.</summary>
    public static byte[,] Texture(int width, int height, int seed, int grain = 6)
    {
        var random = new Random(seed);
        double[,] coarse = new double[(height / grain) + 3, (width / grain) + 3];
        for (int y = 0; y < coarse.GetLength(0); y++)
        {
            for (int x = 0; x < coarse.GetLength(1); x++)
            {
                coarse[y, x] = random.NextDouble();
            }
        }

        byte[,] texture = new byte[height, width];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double cx = x / (double)grain;
                double cy = y / (double)grain;
                int ix = (int)cx;
                int iy = (int)cy;
                double fx = cx - ix;
                double fy = cy - iy;
                double top = (coarse[iy, ix] * (1 - fx)) + (coarse[iy, ix + 1] * fx);
                double bottom = (coarse[iy + 1, ix] * (1 - fx)) + (coarse[iy + 1, ix + 1] * fx);
                texture[y, x] = (byte)(30 + (200 * ((top * (1 - fy)) + (bottom * fy))));
            }
        }

        return texture;
    }

    /// <summary>Draws a texture onto a picture with its middle at (x, y), at a size.</summary>
    public static void Put(Picture picture, byte[,] texture, double x, double y, double scale = 1)
    {
        int height = texture.GetLength(0);
        int width = texture.GetLength(1);
        int left = (int)Math.Ceiling(x - (width * scale / 2));
        int top = (int)Math.Ceiling(y - (height * scale / 2));
        for (int py = Math.Max(0, top); py < Math.Min(picture.Height, y + (height * scale / 2)); py++)
        {
            Span<byte> row = picture.RowY(py);
            for (int px = Math.Max(0, left); px < Math.Min(picture.Width, x + (width * scale / 2)); px++)
            {
                int tx = Math.Clamp((int)((px - x + (width * scale / 2)) / scale), 0, width - 1);
                int ty = Math.Clamp((int)((py - y + (height * scale / 2)) / scale), 0, height - 1);
                row[px] = texture[ty, tx];
            }
        }
    }

    public static Picture Picture(PicturePool pool, int width, int height, byte[,] background, int offsetX = 0, int offsetY = 0)
    {
        Picture picture = pool.Rent(width, height);
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = 0; x < width; x++)
            {
                row[x] = background[y + offsetY, x + offsetX];
            }
        }

        for (int y = 0; y < picture.ChromaHeight; y++)
        {
            picture.RowU(y).Fill(128);
            picture.RowV(y).Fill(128);
        }

        return picture;
    }
}
