using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>A model's map of logits over the whole picture as a mask of the clip's size.</summary>
internal static class LogitMap
{
    // Logits of a few units are certain.
    private const float Softness = 1.5f;

    public static void Read(ReadOnlySpan<float> logits, int width, int height, ClipMask into)
    {
        for (int y = 0; y < into.Height; y++)
        {
            Span<byte> row = into.Row(y);
            for (int x = 0; x < row.Length; x++)
            {
                float logit = MapSample.At(logits, width, height, (x + 0.5f) / into.Width, (y + 0.5f) / into.Height);
                row[x] = (byte)(255 * Math.Clamp(0.5f + (logit / (2 * Softness)), 0, 1));
            }
        }
    }
}
