namespace Rtc.Media;

/// <summary>A rectangle in a picture's pixels: left and top inside, right and bottom just outside.</summary>
public readonly record struct RectF(float Left, float Top, float Right, float Bottom)
{
    public float Width => Right - Left;

    public float Height => Bottom - Top;

    public float CenterX => (Left + Right) / 2;

    public float CenterY => (Top + Bottom) / 2;

    public float Area => Math.Max(0, Width) * Math.Max(0, Height);

    public bool Contains(float x, float y) => x >= Left && x < Right && y >= Top && y < Bottom;

    public RectF ClipTo(float width, float height) =>
        new(Math.Clamp(Left, 0, width), Math.Clamp(Top, 0, height), Math.Clamp(Right, 0, width), Math.Clamp(Bottom, 0, height));

    /// <summary>Intersection over union.</summary>
    public float Iou(in RectF other)
    {
        float shared = Math.Max(0, Math.Min(Right, other.Right) - Math.Max(Left, other.Left))
            * Math.Max(0, Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top));
        return shared <= 0 ? 0 : shared / (Area + other.Area - shared);
    }
}
