namespace Rtc.Media.Tensors;

/// <summary>How a picture came to lie in a tensor; turns a model's coordinates back into the picture's pixels.</summary>
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
    public static LetterboxMap For(int pictureWidth, int pictureHeight, TensorSpec spec)
    {
        (float scaleX, float scaleY) = ((float)spec.Width / pictureWidth, (float)spec.Height / pictureHeight);
        if (spec.KeepAspect)
        {
            scaleX = scaleY = Math.Min(scaleX, scaleY);
        }

        int width = Math.Clamp((int)MathF.Round(pictureWidth * scaleX), 1, spec.Width);
        int height = Math.Clamp((int)MathF.Round(pictureHeight * scaleY), 1, spec.Height);
        int offsetX = spec.Centred ? (spec.Width - width) / 2 : 0;
        int offsetY = spec.Centred ? (spec.Height - height) / 2 : 0;

        // What the resize really does, after rounding to whole pixels.
        return new LetterboxMap((float)width / pictureWidth, (float)height / pictureHeight, offsetX, offsetY, width, height);
    }

    public float PictureX(float x) => ((x - OffsetX) / ScaleX) + OriginX;

    public float PictureY(float y) => ((y - OffsetY) / ScaleY) + OriginY;

    public float TensorX(float x) => ((x - OriginX) * ScaleX) + OffsetX;

    public float TensorY(float y) => ((y - OriginY) * ScaleY) + OffsetY;

    public RectF ToPicture(in RectF box) =>
        new(PictureX(box.Left), PictureY(box.Top), PictureX(box.Right), PictureY(box.Bottom));

    public RectF ToTensor(in RectF box) =>
        new(TensorX(box.Left), TensorY(box.Top), TensorX(box.Right), TensorY(box.Bottom));
}
