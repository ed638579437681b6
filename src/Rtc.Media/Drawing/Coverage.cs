namespace Rtc.Media.Drawing;

/// <summary>Paints one colour through a stencil of coverage, 0 to 255 a pixel.</summary>
internal static class Coverage
{
    public static void Paint(in PictureView view, int left, int top, ReadOnlySpan<byte> coverage, int width, int height, Colour colour)
    {
        int firstX = Math.Max(0, -left);
        int lastX = Math.Min(width, view.Width - left);
        if (firstX >= lastX)
        {
            return;
        }

        for (int y = Math.Max(0, -top); y < Math.Min(height, view.Height - top); y++)
        {
            ReadOnlySpan<byte> row = coverage.Slice(y * width, width);
            Span<byte> luma = view.RowY(top + y);
            for (int x = firstX; x < lastX; x++)
            {
                if (row[x] != 0)
                {
                    luma[left + x] = Blend(luma[left + x], colour.Y, row[x]);
                }
            }
        }

        // A chroma sample takes the mean of its four pixels' coverage.
        for (int y = (top + Math.Max(0, -top)) / 2; y < (Math.Min(top + height, view.Height) + 1) / 2; y++)
        {
            Span<byte> u = view.RowU(y);
            Span<byte> v = view.RowV(y);
            for (int x = (left + firstX) / 2; x < (left + lastX + 1) / 2; x++)
            {
                int sum = 0;
                for (int i = 0; i < 4; i++)
                {
                    int atX = (x * 2) + (i & 1) - left;
                    int atY = (y * 2) + (i >> 1) - top;
                    sum += (uint)atX < (uint)width && (uint)atY < (uint)height ? coverage[(atY * width) + atX] : 0;
                }

                if (sum != 0)
                {
                    u[x] = Blend(u[x], colour.U, sum / 4);
                    v[x] = Blend(v[x], colour.V, sum / 4);
                }
            }
        }
    }

    private static byte Blend(byte under, byte over, int alpha) =>
        (byte)(((under * (255 - alpha)) + (over * alpha) + 127) / 255);
}
