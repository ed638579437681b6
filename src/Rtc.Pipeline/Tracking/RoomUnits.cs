using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

/// <summary>
/// A room's own measure: the upright picture's longer side is 1280 units whatever its pixels are. Senders shrink
/// and grow their pictures as the network allows; tracks, targets and masks must not notice.
/// </summary>
internal readonly record struct RoomUnits(int PictureWidth, int PictureHeight)
{
    public const float LongerSide = 1280;

    /// <summary>Pixels times this are units.</summary>
    public float Scale => LongerSide / Math.Max(PictureWidth, PictureHeight);

    public float Width => PictureWidth * Scale;

    public float Height => PictureHeight * Scale;

    public RectF FromPixels(in RectF box) => Times(box, Scale);

    public RectF ToPixels(in RectF box) => Times(box, 1 / Scale);

    /// <summary>In fractions of the picture, cut to it.</summary>
    public RectF ToFractions(in RectF box)
    {
        RectF cut = box.ClipTo(Width, Height);
        return new RectF(cut.Left / Width, cut.Top / Height, cut.Right / Width, cut.Bottom / Height);
    }

    /// <summary>Whether both pictures show the same field of view; a turned phone does not.</summary>
    public bool HasShapeOf(in RoomUnits other) =>
        Math.Abs(Width - other.Width) < 0.03f * LongerSide && Math.Abs(Height - other.Height) < 0.03f * LongerSide;

    public RectF FromFractions(in RectF box) => new(box.Left * Width, box.Top * Height, box.Right * Width, box.Bottom * Height);

    private static RectF Times(in RectF box, float by) => new(box.Left * by, box.Top * by, box.Right * by, box.Bottom * by);
}
