namespace Rtc.Inference.Motion;

/// <summary>Joins parts of one thing: people fall apart into head, body and legs, one above the other.</summary>
internal static class BlobJoin
{
    // Rows between two parts, where nothing is known of the thing.
    private const int MaxGap = 3;

    // The same as a share of a known thing's size.
    private const float GapShareX = 0.12f;
    private const float GapShareY = 0.2f;

    // Of the narrower part, so much lies above or below the other.
    private const float MinShared = 0.5f;

    // Higher than so many times its width nobody is.
    private const float MaxAspect = 4.5f;

    public static bool AreStacked(in Blob a, in Blob b)
    {
        Blob both = a.With(b);
        return -a.OverlapY(b) <= MaxGap
            && a.OverlapX(b) >= MinShared * Math.Min(a.Width, b.Width)
            && both.Height <= MaxAspect * both.Width;
    }

    /// <summary>Joins those that nothing is known of.</summary>
    public static void JoinStacked(List<Blob> blobs) => Join(blobs, static (a, b) => AreStacked(a, b));

    /// <summary>Joins those that lie close together for the size of the thing that was there before.</summary>
    public static void JoinClose(List<Blob> blobs, Blob before)
    {
        if (blobs.Count < 2)
        {
            return;
        }

        int gapX = Math.Max(1, (int)(GapShareX * before.Width));
        int gapY = Math.Max(MaxGap, (int)(GapShareY * before.Height));
        Join(
            blobs,
            (a, b) =>
                (a.OverlapX(b) >= MinShared * Math.Min(a.Width, b.Width) && -a.OverlapY(b) <= gapY)
                || (a.OverlapY(b) >= MinShared * Math.Min(a.Height, b.Height) && -a.OverlapX(b) <= gapX));
    }

    private static void Join(List<Blob> blobs, Func<Blob, Blob, bool> belong)
    {
        for (int i = 0; i < blobs.Count; i++)
        {
            for (int k = blobs.Count - 1; k > i; k--)
            {
                if (belong(blobs[i], blobs[k]))
                {
                    blobs[i] = blobs[i].With(blobs[k]);
                    blobs.RemoveAt(k);

                    // What it has grown to may reach those that were passed by.
                    k = blobs.Count;
                }
            }
        }
    }
}
