namespace Rtc.Media.Tensors;

/// <summary>
/// How a picture, or a part of it, came to lie in a tensor; turns a model's coordinates back into the picture's pixels.
/// Pixel centres map to pixel centres, so a box does not drift.
/// </summary>
/// <param name="ScaleX">Tensor pixels to a picture pixel.</param>
/// <param name="ScaleY">The same, vertically; another only where the aspect was not kept.</param>
/// <param name="OffsetX">Where the picture starts in the tensor.</param>
/// <param name="OffsetY">The same, vertically.</param>
/// <param name="Width">Width of the picture inside of the tensor.</param>
/// <param name="Height">Its height.</param>
/// <param name="OriginX">Where the region that was cut out starts in the picture; 0 for all of it.</param>
/// <param name="OriginY">The same, vertically.</param>
public readonly record struct LetterboxMap(
    float ScaleX, float ScaleY, int OffsetX, int OffsetY, int Width, int Height, float OriginX = 0, float OriginY = 0)
{
    public static LetterboxMap For(int pictureWidth, int pictureHeight, TensorSpec spec) =>
        For(new RectF(0, 0, pictureWidth, pictureHeight), spec);

    /// <summary>For the part of a picture under <paramref name="source"/>, which need not begin or end at whole pixels.</summary>
    public static LetterboxMap For(in RectF source, TensorSpec spec)
    {
        (float scaleX, float scaleY) = (spec.Width / source.Width, spec.Height / source.Height);
        if (spec.KeepAspect)
        {
            scaleX = scaleY = Math.Min(scaleX, scaleY);
        }

        int width = Math.Clamp((int)MathF.Round(source.Width * scaleX), 1, spec.Width);
        int height = Math.Clamp((int)MathF.Round(source.Height * scaleY), 1, spec.Height);
        int offsetX = spec.Centred ? (spec.Width - width) / 2 : 0;
        int offsetY = spec.Centred ? (spec.Height - height) / 2 : 0;

        // What the resize really does, after rounding to whole pixels.
        return new LetterboxMap(width / source.Width, height / source.Height, offsetX, offsetY, width, height, source.Left, source.Top);
    }

    public float PictureX(float x) => ((x - OffsetX) / ScaleX) + OriginX;

    public float PictureY(float y) => ((y - OffsetY) / ScaleY) + OriginY;

    public RectF ToPicture(in RectF box) =>
        new(PictureX(box.Left), PictureY(box.Top), PictureX(box.Right), PictureY(box.Bottom));
}
