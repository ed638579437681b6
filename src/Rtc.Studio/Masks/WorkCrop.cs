using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>A part of the picture as the small copy that a cut is made on, and the way between the two.</summary>
internal readonly record struct WorkCrop(RectF Region, int Width, int Height)
{
    private const int MinSide = 16;

    /// <param name="region">In the picture's pixels.</param>
    /// <param name="pixels">What the copy may have.</param>
    public static WorkCrop Of(in RectF region, int pixels)
    {
        float scale = Math.Min(1, MathF.Sqrt(pixels / Math.Max(1, region.Area)));
        return new WorkCrop(
            region, Math.Max(MinSide, (int)MathF.Round(region.Width * scale)), Math.Max(MinSide, (int)MathF.Round(region.Height * scale)));
    }

    public static RectF Around(in RectF box, float share, float least, int width, int height)
    {
        float marginX = Math.Max(least, share * box.Width);
        float marginY = Math.Max(least, share * box.Height);
        return new RectF(box.Left - marginX, box.Top - marginY, box.Right + marginX, box.Bottom + marginY).ClipTo(width, height);
    }

    public float XOf(int x) => Region.Left + ((x + 0.5f) / Width * Region.Width);

    public float YOf(int y) => Region.Top + ((y + 0.5f) / Height * Region.Height);

    /// <summary>Puts the copy's outline in the picture's place; all else is outside.</summary>
    public void Lift(ReadOnlySpan<byte> alpha, ClipMask into)
    {
        into.Clear();
        int top = Math.Max(0, (int)MathF.Floor(Region.Top));
        int bottom = Math.Min(into.Height, (int)MathF.Ceiling(Region.Bottom));
        int left = Math.Max(0, (int)MathF.Floor(Region.Left));
        int right = Math.Min(into.Width, (int)MathF.Ceiling(Region.Right));
        for (int y = top; y < bottom; y++)
        {
            float wy = Math.Clamp(((y + 0.5f - Region.Top) / Region.Height * Height) - 0.5f, 0, Height - 1);
            int y0 = Math.Min((int)wy, Height - 2);
            float fy = wy - y0;
            Span<byte> row = into.Row(y);
            for (int x = left; x < right; x++)
            {
                float wx = Math.Clamp(((x + 0.5f - Region.Left) / Region.Width * Width) - 0.5f, 0, Width - 1);
                int x0 = Math.Min((int)wx, Width - 2);
                float fx = wx - x0;
                int at = (y0 * Width) + x0;
                float upper = alpha[at] + ((alpha[at + 1] - alpha[at]) * fx);
                float lower = alpha[at + Width] + ((alpha[at + Width + 1] - alpha[at + Width]) * fx);
                row[x] = (byte)(upper + ((lower - upper) * fy) + 0.5f);
            }
        }
    }
}
