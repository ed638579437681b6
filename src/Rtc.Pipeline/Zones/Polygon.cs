using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Zones;

/// <summary>Plane geometry for zones and lines.</summary>
internal static class Polygon
{
    /// <summary>
    /// An outline this near to the picture's edge means the edge, which is no border: what stands there goes on beyond it, and its box is
    /// cut off there.
    /// </summary>
    private const float Rim = 0.005f;

    /// <summary>Even-odd rule: inside where a ray to the right crosses the outline an odd number of times.</summary>
    public static bool Contains(IReadOnlyList<PlaceF> corners, PlaceF place)
    {
        place = new PlaceF(Math.Clamp(place.X, Rim, 1 - Rim), Math.Clamp(place.Y, Rim, 1 - Rim));
        bool inside = false;
        for (int i = 0, before = corners.Count - 1; i < corners.Count; before = i++)
        {
            PlaceF a = corners[i];
            PlaceF b = corners[before];
            if ((a.Y > place.Y) != (b.Y > place.Y) && place.X < ((b.X - a.X) * (place.Y - a.Y) / (b.Y - a.Y)) + a.X)
            {
                inside = !inside;
            }
        }

        return inside;
    }

    /// <summary>How far a place is from the outline, as far as that lies inside of the picture.</summary>
    public static double Distance(IReadOnlyList<PlaceF> corners, PlaceF place)
    {
        double nearest = double.PositiveInfinity;
        for (int i = 0, before = corners.Count - 1; i < corners.Count; before = i++)
        {
            if (IsOnRim(corners[before].X, corners[i].X) || IsOnRim(corners[before].Y, corners[i].Y))
            {
                continue;
            }

            double ax = corners[before].X;
            double ay = corners[before].Y;
            double dx = corners[i].X - ax;
            double dy = corners[i].Y - ay;
            double length = (dx * dx) + (dy * dy);
            double along = length > 0 ? Math.Clamp((((place.X - ax) * dx) + ((place.Y - ay) * dy)) / length, 0, 1) : 0;
            double offX = place.X - ax - (along * dx);
            double offY = place.Y - ay - (along * dy);
            nearest = Math.Min(nearest, (offX * offX) + (offY * offY));
        }

        return Math.Sqrt(nearest);
    }

    /// <summary>Positive where <paramref name="place"/> lies on the right when looking from A to B (y grows downwards).</summary>
    public static double Side(PlaceF a, PlaceF b, PlaceF place) =>
        (((double)b.X - a.X) * ((double)place.Y - a.Y)) - (((double)b.Y - a.Y) * ((double)place.X - a.X));

    /// <summary>Whether the way from one place to another crosses the line between its ends.</summary>
    public static bool Crosses(TripLine line, PlaceF from, PlaceF to)
    {
        double before = Side(from, to, line.A);
        double after = Side(from, to, line.B);
        return (before > 0) != (after > 0);
    }

    private static bool IsOnRim(float from, float to) => (from <= Rim && to <= Rim) || (from >= 1 - Rim && to >= 1 - Rim);
}
