namespace Rtc.Media.Yuv;

/// <summary>
/// I420 (BT.601, limited range) to interleaved pixels of 8 bits and from them. BGRA is blue first in memory. Chroma is
/// repeated going out and averaged over its four pixels coming in; each result is the formula's, rounded.
/// </summary>
public static unsafe class RgbConvert
{
    /// <summary>Red first, three bytes a pixel.</summary>
    public static void ToRgb(PictureView source, Span<byte> target, int stride)
    {
        Require(target.Length, stride, source.Width * 3, source.Height);
        byte[] line = new byte[source.Width * 4];
        for (int y = 0; y < source.Height; y++)
        {
            fixed (byte* bgra = line)
            {
                RgbKernels.RowToBgra(
                    source.Y + ((long)y * source.StrideY),
                    source.U + ((long)(y / 2) * source.StrideUV),
                    source.V + ((long)(y / 2) * source.StrideUV),
                    bgra,
                    source.Width);
            }

            RgbKernels.BgraToRgb(line, target.Slice(y * stride, source.Width * 3));
        }
    }

    public static void FromBgra(ReadOnlySpan<byte> source, int stride, PictureView target)
    {
        Require(source.Length, stride, target.Width * 4, target.Height);
        float[] sums = new float[2 * (target.Width + 8)];
        fixed (byte* first = source)
        fixed (float* sum = sums)
        {
            for (int y = 0; y < target.Height; y += 2)
            {
                byte* upper = first + ((long)y * stride);
                byte* lower = y + 1 < target.Height ? upper + stride : upper;
                Pair(upper, lower, target, y, sum);
            }
        }
    }

    private static void Pair(byte* upper, byte* lower, in PictureView target, int y, float* sums)
    {
        byte* luma = target.Y + ((long)y * target.StrideY);
        float* u = sums;
        float* v = sums + target.Width + 8;
        RgbKernels.RowToLuma(upper, luma, target.Width);
        if (y + 1 < target.Height)
        {
            RgbKernels.RowToLuma(lower, luma + target.StrideY, target.Width);
        }

        RgbKernels.RowsToChroma(upper, lower, u, v, target.Width);
        RgbKernels.HalveChroma(u, target.U + ((long)(y / 2) * target.StrideUV), target.Width);
        RgbKernels.HalveChroma(v, target.V + ((long)(y / 2) * target.StrideUV), target.Width);
    }

    private static void Require(int length, int stride, int rowBytes, int height)
    {
        if (stride < rowBytes || length < ((long)stride * (height - 1)) + rowBytes)
        {
            throw new ArgumentException($"{length} bytes with {stride} a row do not hold {height} rows of {rowBytes}");
        }
    }
}
