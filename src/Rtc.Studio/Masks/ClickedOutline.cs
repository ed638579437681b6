using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>One outline of several clicks in a picture: those that add are joined, those that take away are split off.</summary>
internal static class ClickedOutline
{
    /// <summary>False where nothing is left.</summary>
    /// <param name="picture">Stays the caller's.</param>
    /// <param name="clicks">The first adds.</param>
    /// <param name="one">The outline of one click alone; false where nothing stands out there.</param>
    /// <param name="into">Given the outline.</param>
    public static bool TryJoin(Picture picture, IReadOnlyList<ClickPoint> clicks, Func<ClickPoint, ClipMask, bool> one, ClipMask into)
    {
        into.Clear();
        var part = new ClipMask(into.Width, into.Height);
        foreach (ClickPoint click in clicks.Where(click => !click.IsTaken))
        {
            if (one(click, part))
            {
                Join(part, into);
            }
        }

        if (clicks.Any(click => click.IsTaken) && into.Bounds() is not null)
        {
            new PointSplit(picture, into).Split(clicks);
        }

        return into.Bounds() is not null;
    }

    private static void Join(ClipMask part, ClipMask into)
    {
        Span<byte> all = into.Alpha;
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = Math.Max(all[i], part.Alpha[i]);
        }
    }
}
