using Rtc.Media;

namespace Rtc.Inference.Segment;

/// <summary>
/// The part of a picture that a promptable model looks at: the target's box widened and squared, on whole pixels, and
/// moved into the picture where it fits. Only this part is encoded, so that a small target gets all the model's eyes.
/// </summary>
internal readonly record struct SamCrop(int Left, int Top, int Side, int PictureWidth, int PictureHeight)
{
    /// <summary>By how much the box is widened in all.</summary>
    public const float Widening = 1.2f;

    private const int MinSide = 16;

    public RectF Square => new(Left, Top, Left + Side, Top + Side);

    /// <summary>What of the square lies in the picture: the region that the mask covers.</summary>
    public RectF Inside => Square.ClipTo(PictureWidth, PictureHeight);

    public static SamCrop Around(in RectF box, int width, int height)
    {
        int side = Math.Max(MinSide, (int)MathF.Ceiling(Math.Max(box.Width, box.Height) * Widening));
        return new SamCrop(Place(box.CenterX, side, width), Place(box.CenterY, side, height), side, width, height);
    }

    /// <summary>The whole picture, for a prompt that has no box.</summary>
    public static SamCrop Whole(int width, int height) => new(0, 0, Math.Max(width, height), width, height);

    /// <summary>A place in the picture as a model whose input has so many pixels a side counts it.</summary>
    public (float X, float Y) ToModel(float x, float y, int input) =>
        ((x - Left) * input / Side, (y - Top) * input / Side);

    private static int Place(float centre, int side, int extent)
    {
        int start = (int)MathF.Round(centre - (side / 2f));
        return side <= extent ? Math.Clamp(start, 0, extent - side) : Math.Min(0, Math.Max(extent - side, start));
    }
}
