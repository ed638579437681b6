using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Removal;

/// <summary>A picture of the clip that shows background: what its own masks hide is left out. Owns the picture.</summary>
internal sealed unsafe class BackgroundSource(int frame, Picture picture, ClipMask hidden) : IDisposable
{
    // Rounding puts what lies on the outermost pixels beyond them.
    private const float Edge = 0.02f;

    public int Frame => frame;

    public Picture Picture => picture;

    public ClipMask Hidden => hidden;

    public bool Shows(float x, float y) =>
        x > -Edge && y > -Edge && x < picture.Width - 1 + Edge && y < picture.Height - 1 + Edge
            && !hidden.IsInside((int)(x + 0.5f), (int)(y + 0.5f));

    /// <summary>The brightness between pixels: Catmull and Rom's curve keeps texture as sharp as it was.</summary>
    public float Luma(float x, float y)
    {
        int x0 = (int)Math.Max(0, x);
        int y0 = (int)Math.Max(0, y);
        (float fx, float fy) = (Math.Max(0, x - x0), Math.Max(0, y - y0));
        if (fx == 0 && fy == 0)
        {
            return picture.Y[((long)y0 * picture.StrideY) + x0];
        }

        if (x0 < 1 || x0 > picture.Width - 3)
        {
            return Slope(x, y, out _, out _);
        }

        float* wx = stackalloc float[4];
        float* wy = stackalloc float[4];
        Weights(fx, wx);
        Weights(fy, wy);
        float sum = 0;
        for (int row = 0; row < 4; row++)
        {
            byte* at = picture.Y + ((long)Math.Clamp(y0 + row - 1, 0, picture.Height - 1) * picture.StrideY) + x0 - 1;
            sum += wy[row] * ((wx[0] * at[0]) + (wx[1] * at[1]) + (wx[2] * at[2]) + (wx[3] * at[3]));
        }

        return sum;
    }

    /// <summary>Brightness between pixels and how it changes there, quickly.</summary>
    public float Slope(float x, float y, out float dx, out float dy)
    {
        x = Math.Clamp(x, 0, picture.Width - 1);
        y = Math.Clamp(y, 0, picture.Height - 1);
        int x0 = Math.Clamp((int)x, 0, picture.Width - 2);
        int y0 = Math.Clamp((int)y, 0, picture.Height - 2);
        (float fx, float fy) = (x - x0, y - y0);
        byte* at = picture.Y + ((long)y0 * picture.StrideY) + x0;
        byte* below = at + picture.StrideY;
        float top = at[0] + ((at[1] - at[0]) * fx);
        float bottom = below[0] + ((below[1] - below[0]) * fx);
        dx = ((at[1] - at[0]) * (1 - fy)) + ((below[1] - below[0]) * fy);
        dy = bottom - top;
        return top + (dy * fy);
    }

    /// <summary>A chroma plane between its samples, at a place in luma's pixels.</summary>
    public float Chroma(byte* plane, float x, float y)
    {
        float cx = Math.Clamp((x - 0.5f) / 2, 0, picture.ChromaWidth - 1);
        float cy = Math.Clamp((y - 0.5f) / 2, 0, picture.ChromaHeight - 1);
        int x0 = Math.Min((int)cx, Math.Max(0, picture.ChromaWidth - 2));
        int y0 = Math.Min((int)cy, Math.Max(0, picture.ChromaHeight - 2));
        int right = Math.Min(1, picture.ChromaWidth - 1);
        byte* at = plane + ((long)y0 * picture.StrideUV) + x0;
        byte* below = picture.ChromaHeight > 1 ? at + picture.StrideUV : at;
        (float fx, float fy) = (cx - x0, cy - y0);
        float upper = at[0] + ((at[right] - at[0]) * fx);
        float lower = below[0] + ((below[right] - below[0]) * fx);
        return upper + ((lower - upper) * fy);
    }

    public void Dispose() => picture.Dispose();

    private static void Weights(float t, float* into)
    {
        float t2 = t * t;
        float t3 = t2 * t;
        into[0] = 0.5f * (-t3 + (2 * t2) - t);
        into[1] = 0.5f * ((3 * t3) - (5 * t2) + 2);
        into[2] = 0.5f * ((-3 * t3) + (4 * t2) + t);
        into[3] = 0.5f * (t3 - t2);
    }
}
