using Rtc.Media;

namespace Rtc.Inference.Tests;

/// <summary>Paints pictures for tests: colours are given as red, green, blue and stored as BT.601 studio swing.</summary>
internal static class Paint
{
    public static Picture Plain(PicturePool pool, int width, int height, (byte R, byte G, byte B) colour)
    {
        Picture picture = pool.Rent(width, height);
        Fill(picture, new RectF(0, 0, width, height), colour);
        return picture;
    }

    public static void Fill(Picture picture, RectF box, (byte R, byte G, byte B) colour)
    {
        (byte y, byte u, byte v) = ToYuv(colour);
        RectF inside = box.ClipTo(picture.Width, picture.Height);
        for (int row = (int)inside.Top; row < (int)inside.Bottom; row++)
        {
            picture.RowY(row)[(int)inside.Left..(int)inside.Right].Fill(y);
        }

        int left = ((int)inside.Left + 1) / 2;
        int right = ((int)inside.Right + 1) / 2;
        for (int row = ((int)inside.Top + 1) / 2; row < ((int)inside.Bottom + 1) / 2; row++)
        {
            picture.RowU(row)[left..right].Fill(u);
            picture.RowV(row)[left..right].Fill(v);
        }
    }

    /// <summary>Texture with a seed: smooth patches, so that small copies of it still have some.</summary>
    public static void Texture(Picture picture, int seed, int low, int high)
    {
        Random random = new(seed);
        const int patch = 8;
        for (int y = 0; y < picture.Height; y += patch)
        {
            for (int x = 0; x < picture.Width; x += patch)
            {
                byte luma = (byte)random.Next(low, high);
                for (int row = y; row < Math.Min(y + patch, picture.Height); row++)
                {
                    picture.RowY(row)[x..Math.Min(x + patch, picture.Width)].Fill(luma);
                }
            }
        }
    }

    public static void Noise(Picture picture, Random random, int amplitude)
    {
        for (int y = 0; y < picture.Height; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = 0; x < row.Length; x++)
            {
                row[x] = (byte)Math.Clamp(row[x] + random.Next(-amplitude, amplitude + 1), 16, 235);
            }
        }
    }

    /// <summary>All luma scaled, as a changed exposure or, on a part, a shadow does it.</summary>
    public static void Scale(Picture picture, RectF box, float share)
    {
        RectF inside = box.ClipTo(picture.Width, picture.Height);
        for (int y = (int)inside.Top; y < (int)inside.Bottom; y++)
        {
            Span<byte> row = picture.RowY(y)[(int)inside.Left..(int)inside.Right];
            for (int x = 0; x < row.Length; x++)
            {
                row[x] = (byte)Math.Clamp(16 + ((row[x] - 16) * share), 16, 235);
            }
        }
    }

    private static (byte Y, byte U, byte V) ToYuv((byte R, byte G, byte B) c)
    {
        double luma = (0.299 * c.R) + (0.587 * c.G) + (0.114 * c.B);
        return (
            (byte)Math.Round(16 + (luma * 219 / 255)),
            (byte)Math.Round(128 + ((c.B - luma) / 1.772 * 224 / 255)),
            (byte)Math.Round(128 + ((c.R - luma) / 1.402 * 224 / 255)));
    }
}
