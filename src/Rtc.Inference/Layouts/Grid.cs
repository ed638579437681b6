namespace Rtc.Inference.Layouts;

/// <summary>The cells of a pyramid of feature maps, row by row, one map after another.</summary>
internal static class Grid
{
    public static readonly int[] ThreeLevels = [8, 16, 32];
    public static readonly int[] FourLevels = [8, 16, 32, 64];

    public static int Cells(int width, int height, ReadOnlySpan<int> strides)
    {
        int cells = 0;
        foreach (int stride in strides)
        {
            cells += Across(width, stride) * Across(height, stride);
        }

        return cells;
    }

    /// <summary>Maps of odd sizes are rounded up, as a convolution with padding does.</summary>
    public static int Across(int extent, int stride) => (extent + stride - 1) / stride;
}
