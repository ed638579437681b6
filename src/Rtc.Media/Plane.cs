namespace Rtc.Media;

/// <summary>Bytes of one plane: rows that lie <c>stride</c> apart.</summary>
internal static unsafe class Plane
{
    public static void Copy(byte* source, int sourceStride, byte* target, int targetStride, int width, int height)
    {
        if (sourceStride == targetStride && sourceStride - width < 64)
        {
            // One long copy is quicker than many short ones where the padding is small.
            long bytes = ((long)sourceStride * (height - 1)) + width;
            Buffer.MemoryCopy(source, target, bytes, bytes);
            return;
        }

        for (int y = 0; y < height; y++)
        {
            Buffer.MemoryCopy(source + ((long)y * sourceStride), target + ((long)y * targetStride), width, width);
        }
    }

    public static void Fill(byte* target, int stride, int width, int height, byte value)
    {
        for (int y = 0; y < height; y++)
        {
            new Span<byte>(target + ((long)y * stride), width).Fill(value);
        }
    }
}
