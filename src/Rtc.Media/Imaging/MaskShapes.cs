namespace Rtc.Media.Imaging;

/// <summary>Masks made without a model, and what softens any mask.</summary>
public static class MaskShapes
{
    // The mask is this many pixels on its longer side unless asked otherwise: stretched to a picture, its steps are soft.
    public const int UsualSize = 160;

    /// <summary>An ellipse filling the box, its edge softened inwards by a share of its radius.</summary>
    public static Mask Ellipse(RectF box, float softness = 0.15f, int size = UsualSize)
    {
        float longest = Math.Max(Math.Max(box.Width, box.Height), 1e-3f);
        int width = Math.Clamp((int)MathF.Ceiling(box.Width * size / longest), 2, size);
        int height = Math.Clamp((int)MathF.Ceiling(box.Height * size / longest), 2, size);
        var mask = new Mask(width, height, box);
        float ramp = Math.Max(softness, 1e-3f);
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = mask.Row(y);
            float dy = ((y + 0.5f) * 2 / height) - 1;
            for (int x = 0; x < width; x++)
            {
                float dx = ((x + 0.5f) * 2 / width) - 1;
                float inside = (1 - MathF.Sqrt((dx * dx) + (dy * dy))) / ramp;
                inside = Math.Clamp(inside, 0, 1);
                row[x] = (byte)MathF.Round(255 * inside * inside * (3 - (2 * inside)));
            }
        }

        return mask;
    }

    /// <summary>All of the box.</summary>
    public static Mask Box(RectF box)
    {
        var mask = new Mask(1, 1, box);
        mask.Alpha[0] = 255;
        return mask;
    }

    /// <summary>Averages each value with its neighbours up to <paramref name="radius"/> away, in the mask's own pixels; outside counts as 0.</summary>
    public static void Feather(Mask mask, int radius)
    {
        if (radius < 1)
        {
            return;
        }

        byte[] line = new byte[Math.Max(mask.Width, mask.Height)];
        for (int y = 0; y < mask.Height; y++)
        {
            Average(mask.Alpha, y * mask.Width, 1, mask.Width, radius, line);
        }

        for (int x = 0; x < mask.Width; x++)
        {
            Average(mask.Alpha, x, mask.Width, mask.Height, radius, line);
        }
    }

    private static void Average(Span<byte> alpha, int start, int step, int count, int radius, byte[] line)
    {
        int window = (2 * radius) + 1;
        int sum = 0;
        for (int i = 0; i < Math.Min(radius, count); i++)
        {
            sum += alpha[start + (i * step)];
        }

        for (int i = 0; i < count; i++)
        {
            sum += i + radius < count ? alpha[start + ((i + radius) * step)] : 0;
            sum -= i - radius - 1 >= 0 ? alpha[start + ((i - radius - 1) * step)] : 0;
            line[i] = (byte)((sum + (window / 2)) / window);
        }

        for (int i = 0; i < count; i++)
        {
            alpha[start + (i * step)] = line[i];
        }
    }
}
