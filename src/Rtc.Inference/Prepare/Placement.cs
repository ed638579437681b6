using Rtc.Media;

namespace Rtc.Inference.Prepare;

/// <summary>
/// Where a part of a picture lies in a model's input: source rectangle in the picture's pixels, target in whole
/// pixels of the input. Pixel centres map to pixel centres, so a box goes there and back without drifting.
/// </summary>
public readonly record struct Placement(RectF Source, int X, int Y, int Width, int Height)
{
    public float ScaleX => Width / Source.Width;

    public float ScaleY => Height / Source.Height;

    public static Placement Of(RectF source, TensorPlan plan)
    {
        if (plan.Fit == Fit.Stretch)
        {
            return new Placement(source, 0, 0, plan.Width, plan.Height);
        }

        float scale = Math.Min(plan.Width / source.Width, plan.Height / source.Height);
        int width = Math.Clamp((int)MathF.Round(source.Width * scale), 1, plan.Width);
        int height = Math.Clamp((int)MathF.Round(source.Height * scale), 1, plan.Height);
        return plan.Fit == Fit.Corner
            ? new Placement(source, 0, 0, width, height)
            : new Placement(source, (plan.Width - width) / 2, (plan.Height - height) / 2, width, height);
    }

    public RectF ToPicture(in RectF box) => new(
        ((box.Left - X) / ScaleX) + Source.Left,
        ((box.Top - Y) / ScaleY) + Source.Top,
        ((box.Right - X) / ScaleX) + Source.Left,
        ((box.Bottom - Y) / ScaleY) + Source.Top);

    public RectF ToTensor(in RectF box) => new(
        ((box.Left - Source.Left) * ScaleX) + X,
        ((box.Top - Source.Top) * ScaleY) + Y,
        ((box.Right - Source.Left) * ScaleX) + X,
        ((box.Bottom - Source.Top) * ScaleY) + Y);
}
