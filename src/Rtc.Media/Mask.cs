namespace Rtc.Media;

/// <summary>
/// How much of each pixel belongs to the subject, 0 to 255, over <see cref="Region"/> of a picture; outside
/// of the region nothing does. Usually smaller than the region it covers, and stretched over it when used.
/// </summary>
public sealed class Mask(int width, int height, RectF region)
{
    public int Width { get; } = width;

    public int Height { get; } = height;

    /// <summary>The part of the picture that the mask covers, in the picture's pixels.</summary>
    public RectF Region { get; set; } = region;

    public byte[] Alpha { get; } = new byte[width * height];

    public Span<byte> Row(int y) => Alpha.AsSpan(y * Width, Width);
}
