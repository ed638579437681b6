namespace Rtc.Studio.Flow;

/// <summary>Where each place of one picture lies in another: steps in the clip's pixels, on a grid that may be coarser.</summary>
internal sealed class FlowMap(int width, int height, int scale)
{
    public int Width => width;

    public int Height => height;

    /// <summary>Pixels of the clip from one place of the grid to the next.</summary>
    public int Scale => scale;

    public float[] X { get; } = new float[width * height];

    public float[] Y { get; } = new float[width * height];

    /// <summary>The step at a place that is given in the clip's pixels; between places of the grid it is blended.</summary>
    public (float X, float Y) At(float x, float y)
    {
        float gx = Math.Clamp(((x + 0.5f) / scale) - 0.5f, 0, width - 1);
        float gy = Math.Clamp(((y + 0.5f) / scale) - 0.5f, 0, height - 1);
        int x0 = Math.Min((int)gx, Math.Max(0, width - 2));
        int y0 = Math.Min((int)gy, Math.Max(0, height - 2));
        int right = Math.Min(x0 + 1, width - 1) - x0;
        int below = (Math.Min(y0 + 1, height - 1) - y0) * width;
        int at = (y0 * width) + x0;
        (float fx, float fy) = (gx - x0, gy - y0);
        return (Blend(X, at, right, below, fx, fy), Blend(Y, at, right, below, fx, fy));
    }

    private static float Blend(float[] plane, int at, int right, int below, float fx, float fy)
    {
        float upper = plane[at] + ((plane[at + right] - plane[at]) * fx);
        float lower = plane[at + below] + ((plane[at + below + right] - plane[at + below]) * fx);
        return upper + ((lower - upper) * fy);
    }
}
