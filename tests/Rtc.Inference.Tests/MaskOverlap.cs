using Rtc.Media;

namespace Rtc.Inference.Tests;

internal static class MaskOverlap
{
    /// <summary>How far a mask, stretched over its region, and the truth about each pixel cover one another.</summary>
    public static double Iou(Mask mask, Picture picture, Func<int, int, bool> truth)
    {
        int both = 0;
        int either = 0;
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                bool found = mask.Region.Contains(x + 0.5f, y + 0.5f)
                    && mask.Row((int)((y + 0.5f - mask.Region.Top) / mask.Region.Height * mask.Height))[
                        (int)((x + 0.5f - mask.Region.Left) / mask.Region.Width * mask.Width)
                    ] > 127;
                bool real = truth(x, y);
                both += real && found ? 1 : 0;
                either += real || found ? 1 : 0;
            }
        }

        return (double)both / Math.Max(1, either);
    }
}
