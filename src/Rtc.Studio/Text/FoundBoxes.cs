using Rtc.Inference;
using Rtc.Media;
using Rtc.Media.Tensors;

namespace Rtc.Studio.Text;

/// <summary>Boxes of a model of phrases as detections in the picture.</summary>
internal static class FoundBoxes
{
    /// <summary>A logit as a probability.</summary>
    public static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));

    /// <param name="box">In pixels of the model's input.</param>
    /// <param name="map">Where the picture lies in it.</param>
    /// <param name="picture">That was looked at.</param>
    /// <param name="phrase">Its number.</param>
    /// <param name="score">0 to 1.</param>
    /// <param name="into">Gets it, where anything of it lies in the picture.</param>
    public static void Add(RectF box, in LetterboxMap map, Picture picture, int phrase, float score, List<Detection> into)
    {
        RectF inside = map.ToPicture(box).ClipTo(picture.Width, picture.Height);
        if (inside.Width > 0 && inside.Height > 0 && float.IsFinite(score))
        {
            into.Add(new Detection(phrase, Math.Min(score, 1), inside));
        }
    }

    /// <summary>Middle and size, as shares of the input.</summary>
    public static RectF Around(ReadOnlySpan<float> box, float width, float height)
    {
        (float x, float y, float halfWidth, float halfHeight) = (box[0] * width, box[1] * height, box[2] * width / 2, box[3] * height / 2);
        return new RectF(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
    }
}
