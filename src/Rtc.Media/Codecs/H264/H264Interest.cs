using Rtc.Media.Codecs.Av;

namespace Rtc.Media.Codecs.H264;

/// <summary>
/// A subject's mask as libavcodec takes it: rectangles with an offset to the quantizer, the first that covers a block
/// counts. The subject becomes bands one macroblock high at its own quality; all of the picture comes after them, coarser.
/// </summary>
internal static unsafe class H264Interest
{
    private const int Band = 16;
    private const int RegionBytes = 28;

    // The scale of AVRegionOfInterest: 1 is the codec's whole range of quantizers, 51. Ours has 63 steps of VP8's index.
    private const int OffsetScale = 126;

    public static void Attach(AvLibrary library, byte* frame, Mask subject, int strength, int width, int height)
    {
        int bands = (height + Band - 1) / Band;
        byte** sideData = library.NewSideData(frame, AvLayout.Frame.SideDataRegions, (nuint)((bands + 1) * RegionBytes));
        if (sideData is null)
        {
            return;
        }

        byte* regions = *(byte**)((byte*)sideData + AvLayout.Frame.SideDataBytes);
        int used = 0;
        for (int band = 0; band < bands; band++)
        {
            int top = band * Band;
            int bottom = Math.Min(height, top + Band);
            if (Extent(subject, top, bottom, width, out int left, out int right))
            {
                Write(regions + (used++ * RegionBytes), top, bottom, left, right, 0);
            }
        }

        // The list's length was fixed before the bands without subject were known: the last entry fills it up.
        for (; used <= bands; used++)
        {
            Write(regions + (used * RegionBytes), 0, height, 0, width, strength);
        }
    }

    private static void Write(byte* region, int top, int bottom, int left, int right, int strength)
    {
        int* fields = (int*)region;
        fields[0] = RegionBytes;
        fields[1] = top;
        fields[2] = bottom;
        fields[3] = left;
        fields[4] = right;
        fields[5] = strength;
        fields[6] = OffsetScale;
    }

    /// <summary>From the first to the last pixel of the subject in these rows, in the picture's pixels.</summary>
    private static bool Extent(Mask subject, int top, int bottom, int width, out int left, out int right)
    {
        RectF region = subject.Region;
        float perX = region.Width / subject.Width;
        float perY = region.Height / subject.Height;
        left = width;
        right = 0;
        if (!(perX > 0 && perY > 0))
        {
            return false;
        }

        int first = (int)Math.Clamp((top - region.Top) / perY, 0, subject.Height);
        int last = (int)Math.Clamp(MathF.Ceiling((bottom - region.Top) / perY), 0, subject.Height);
        for (int y = first; y < last; y++)
        {
            ReadOnlySpan<byte> row = subject.Row(y);
            int from = row.IndexOfAnyExcept((byte)0);
            if (from >= 0)
            {
                left = Math.Min(left, (int)Math.Clamp(region.Left + (from * perX), 0, width));
                right = Math.Max(
                    right, (int)Math.Clamp(MathF.Ceiling(region.Left + ((row.LastIndexOfAnyExcept((byte)0) + 1) * perX)), 0, width));
            }
        }

        return left < right;
    }
}
