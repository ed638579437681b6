namespace Rtc.Studio.Removal;

/// <summary>
/// What a fill differs by along its rim, carried smoothly across it: added to the fill it meets its surroundings without an edge and
/// keeps its own gradients. Values are averaged into halves and halves again, and what is open is blended back from there.
/// </summary>
internal static class Membrane
{
    /// <summary>Fills each place without weight from those that have one; the sums are the values times their weights.</summary>
    public static void Spread(float[] values, float[] weights, int width, int height)
    {
        if (Math.Min(width, height) < 2)
        {
            float sum = values.AsSpan(0, width * height).ToArray().Sum();
            float weight = weights.AsSpan(0, width * height).ToArray().Sum();
            for (int i = 0; i < width * height; i++)
            {
                values[i] = weights[i] > 0 ? values[i] / weights[i] : weight > 0 ? sum / weight : 0;
                weights[i] = 1;
            }

            return;
        }

        int halfWidth = (width + 1) / 2;
        int halfHeight = (height + 1) / 2;
        float[] half = new float[halfWidth * halfHeight];
        float[] halfWeights = new float[halfWidth * halfHeight];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                half[((y / 2) * halfWidth) + (x / 2)] += values[(y * width) + x];
                halfWeights[((y / 2) * halfWidth) + (x / 2)] += weights[(y * width) + x];
            }
        }

        for (int i = 0; i < half.Length; i++)
        {
            // One known place is as good as four: the far rim counts no less than the near.
            float excess = Math.Max(1, halfWeights[i]);
            half[i] /= excess;
            halfWeights[i] /= excess;
        }

        Spread(half, halfWeights, halfWidth, halfHeight);
        for (int y = 0; y < height; y++)
        {
            float hy = Math.Clamp(((y + 0.5f) / 2) - 0.5f, 0, halfHeight - 1);
            int y0 = Math.Min((int)hy, Math.Max(0, halfHeight - 2));
            int down = halfHeight > 1 ? halfWidth : 0;
            for (int x = 0; x < width; x++)
            {
                int at = (y * width) + x;
                float hx = Math.Clamp(((x + 0.5f) / 2) - 0.5f, 0, halfWidth - 1);
                int x0 = Math.Min((int)hx, Math.Max(0, halfWidth - 2));
                int right = halfWidth > 1 ? 1 : 0;
                int from = (y0 * halfWidth) + x0;
                float upper = half[from] + ((half[from + right] - half[from]) * (hx - x0));
                float lower = half[from + down] + ((half[from + down + right] - half[from + down]) * (hx - x0));
                float open = Math.Max(0, 1 - weights[at]);
                values[at] += open * (upper + ((lower - upper) * (hy - y0)));
                weights[at] = 1;
            }
        }
    }
}
