namespace Rtc.Studio.Clips;

/// <summary>A mask in the clip's own size as lengths of runs, row by row, beginning with what is outside.</summary>
public sealed class MaskRuns
{
    /// <summary>Nothing is inside.</summary>
    public static MaskRuns None { get; } = new([], 0);

    private MaskRuns(int[] counts, int area) => (Counts, Area) = (counts, area);

    public IReadOnlyList<int> Counts { get; }

    /// <summary>Pixels inside.</summary>
    public int Area { get; }

    public static MaskRuns Of(ClipMask mask)
    {
        var counts = new List<int>();
        bool inside = false;
        int run = 0;
        int area = 0;
        foreach (byte alpha in mask.Alpha)
        {
            bool now = alpha >= ClipMask.Inside;
            if (now != inside)
            {
                counts.Add(run);
                (run, inside) = (0, now);
            }

            run++;
            area += now ? 1 : 0;
        }

        if (area == 0)
        {
            return None;
        }

        counts.Add(run);
        return new MaskRuns([.. counts], area);
    }

    /// <summary>Writes 255 inside; what the mask held outside of the runs stays.</summary>
    public void AddTo(ClipMask mask)
    {
        int at = 0;
        Span<byte> alpha = mask.Alpha;
        for (int i = 0; i < Counts.Count; i++)
        {
            int run = Counts[i];
            if (i % 2 != 0)
            {
                alpha.Slice(at, run).Fill(byte.MaxValue);
            }

            at += run;
        }
    }
}
