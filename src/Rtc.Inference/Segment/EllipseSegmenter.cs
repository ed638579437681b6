using Rtc.Media;

namespace Rtc.Inference.Segment;

/// <summary>The outline of last resort: an ellipse that fills the box, with a soft edge.</summary>
public sealed class EllipseSegmenter : ISegmenter
{
    public const string ModelName = "ellipse";

    private const int MaxSide = 96;

    // The edge fades over this share of the radius.
    private const float Edge = 0.12f;

    public string Model => ModelName;

    public string Provider => "embedded";

    public bool TrySegment(Picture picture, in MaskPrompt prompt, out Mask? mask)
    {
        mask = null;
        if (prompt.Box is not { } wanted)
        {
            return false;
        }

        RectF box = wanted.ClipTo(picture.Width, picture.Height);
        if (box.Width < 2 || box.Height < 2)
        {
            return false;
        }

        float scale = Math.Min(1, MaxSide / Math.Max(box.Width, box.Height));
        mask = new Mask(Math.Max(2, (int)(box.Width * scale)), Math.Max(2, (int)(box.Height * scale)), box);
        for (int y = 0; y < mask.Height; y++)
        {
            Span<byte> row = mask.Row(y);
            float dy = ((y + 0.5f) / mask.Height * 2) - 1;
            for (int x = 0; x < row.Length; x++)
            {
                float dx = ((x + 0.5f) / mask.Width * 2) - 1;
                float radius = MathF.Sqrt((dx * dx) + (dy * dy));
                row[x] = (byte)(255 * Math.Clamp((1 - radius) / Edge, 0, 1));
            }
        }

        return true;
    }

    public void Dispose()
    {
    }
}
