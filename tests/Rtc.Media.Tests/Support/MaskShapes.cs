namespace Rtc.Media.Tests.Support;

/// <summary>Masks made without a model.</summary>
internal static class MaskShapes
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
}
