namespace Rtc.Media;

/// <summary>
/// How much of each pixel belongs to the subject, 0 to 255, over <see cref="Region"/> of a picture; outside
/// of the region nothing does. Usually smaller than the region it covers, and stretched over it when used.
/// </summary>
public sealed class Mask(int width, int height, RectF region)
{
    private byte[] _alpha = new byte[width * height];

    public int Width { get; private set; } = width;

    public int Height { get; private set; } = height;

    /// <summary>The part of the picture that the mask covers, in the picture's pixels.</summary>
    public RectF Region { get; set; } = region;

    public Span<byte> Alpha => _alpha.AsSpan(0, Width * Height);

    public Span<byte> Row(int y) => _alpha.AsSpan(y * Width, Width);

    /// <summary>Another size and place for an owner who writes all of it anew; memory once had is kept.</summary>
    public void Reshape(int width, int height, RectF region)
    {
        (Width, Height, Region) = (width, height, region);
        int places = width * height;
        if (_alpha.Length < places)
        {
            _alpha = new byte[places + (places / 2)];
        }
    }
}
