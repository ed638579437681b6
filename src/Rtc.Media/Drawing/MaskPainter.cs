using System.Runtime.Intrinsics;
using Rtc.Media.Imaging;

namespace Rtc.Media.Drawing;

/// <summary>
/// Lays masks over a picture: a translucent tint and a line around. Holds the memory it works in; one for each render
/// loop, one thread at a time.
/// </summary>
public sealed unsafe class MaskPainter : IDisposable
{
    public const float UsualOpacity = 0.35f;

    // The mask's edge runs where it passes the middle of its range.
    private const float EdgeLevel = 127.5f;

    // How far apart the slope of the alpha is measured, in pixels: wide enough to see the ramp of a stretched mask.
    private const int SlopeSpan = 2;

    private readonly AlphaPlane _alpha = new();
    private readonly AlphaPlane _line = new();

    /// <summary>Mixes the colour in where the mask is; <paramref name="opacity"/> 0 to 1.</summary>
    public void Tint(Picture picture, Mask mask, Colour colour, float opacity = UsualOpacity)
    {
        _alpha.Clear(picture.Width, picture.Height);
        _alpha.Add(mask);
        Paint(picture, _alpha, colour, (int)(Math.Clamp(opacity, 0, 1) * 256));
    }

    /// <summary>A smooth line along the mask's edge; 0 chooses the thickness by the picture's size.</summary>
    public void Contour(Picture picture, Mask mask, Colour colour, float thickness = 0)
    {
        thickness = thickness > 0 ? thickness : Draw.ThicknessFor(picture.Height);
        _alpha.Clear(picture.Width, picture.Height);
        _alpha.Add(mask);
        _line.Clear(picture.Width, picture.Height);
        int margin = (int)thickness + SlopeSpan;
        int top = Math.Max(0, _alpha.Top - margin);
        int bottom = Math.Min(picture.Height, _alpha.Bottom + margin);
        int left = Math.Max(0, _alpha.Left - margin);
        int right = Math.Min(picture.Width, _alpha.Right + margin);
        if (left >= right || top >= bottom)
        {
            return;
        }

        for (int y = top; y < bottom; y++)
        {
            TraceRow(y, left, right, thickness / 2);
        }

        _line.MarkCovered(left, top, right, bottom);
        Paint(picture, _line, colour, 256);
    }

    public void Dispose()
    {
        _alpha.Dispose();
        _line.Dispose();
    }

    private static void Paint(Picture picture, AlphaPlane alpha, Colour colour, int opacity)
    {
        if (alpha.Right <= alpha.Left)
        {
            return;
        }

        PictureView view = picture.View();
        int left = alpha.Left & ~1;
        int width = alpha.Right - left;
        for (int y = alpha.Top; y < alpha.Bottom; y++)
        {
            AlphaKernels.Tint(view.Y + ((long)y * view.StrideY) + left, alpha.Row(y) + left, opacity, colour.Y, width);
        }

        for (int y = alpha.Top / 2; y < (alpha.Bottom + 1) / 2; y++)
        {
            byte* halved = alpha.ChromaRow(y) + (left / 2);
            AlphaKernels.Tint(view.U + ((long)y * view.StrideUV) + (left / 2), halved, opacity, colour.U, (width + 1) / 2);
            AlphaKernels.Tint(view.V + ((long)y * view.StrideUV) + (left / 2), halved, opacity, colour.V, (width + 1) / 2);
        }
    }

    /// <summary>The distance to the edge is how far alpha is from the middle, over how steeply it changes.</summary>
    private void TraceRow(int y, int left, int right, float half)
    {
        byte* row = _alpha.Row(y);
        byte* above = _alpha.Row(Math.Max(0, y - SlopeSpan));
        byte* below = _alpha.Row(Math.Min(_alpha.Height - 1, y + SlopeSpan));
        byte* line = _line.Row(y);
        for (int x = left; x < right; x++)
        {
            // Sixteen pixels at a time inside or outside of the mask need no closer look.
            if (x + 16 + SlopeSpan <= right && x >= SlopeSpan && IsFlat(row + x, above + x, below + x))
            {
                x += 15;
                continue;
            }

            float slopeX = row[Math.Min(x + SlopeSpan, right - 1)] - row[Math.Max(x - SlopeSpan, 0)];
            float slopeY = below[x] - above[x];
            float slope = MathF.Sqrt((slopeX * slopeX) + (slopeY * slopeY)) / (2 * SlopeSpan);
            if (slope > 0)
            {
                float far = MathF.Abs(row[x] - EdgeLevel) / slope;
                line[x] = (byte)(255 * Math.Clamp(half + 0.5f - far, 0, 1));
            }
        }
    }

    private static bool IsFlat(byte* row, byte* above, byte* below)
    {
        var level = Vector128.Create(row[0]);
        return Vector128.EqualsAll(Vector128.Load(row - SlopeSpan), level) && Vector128.EqualsAll(Vector128.Load(row + SlopeSpan), level)
            && Vector128.EqualsAll(Vector128.Load(above), level) && Vector128.EqualsAll(Vector128.Load(below), level);
    }
}
