using System.Runtime.InteropServices;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Zones;

/// <summary>
/// Counts for one zone: who is inside, how often it was entered and left, how long they stayed, per class. Entering and
/// leaving must be clear of the border and last a moment, so that a person who stands on it is not counted again and
/// again. Pure.
/// </summary>
internal sealed class ZoneTally(Zone zone)
{
    /// <summary>Not seen for this long is gone.</summary>
    public const double Forget = 2;

    /// <summary>Fraction of the picture that a foot must be away from the border to have changed sides.</summary>
    private const double Clearance = 0.004;

    /// <summary>Seconds on the other side before it counts.</summary>
    private const double Settle = 0.2;

    private readonly Dictionary<int, Visit> _visits = [];
    private readonly Dictionary<string, Sums> _sums = [];
    private readonly List<int> _gone = [];

    public string Name => zone.Name;

    /// <summary>What came of it for this track.</summary>
    public ZoneChange See(int id, string label, PlaceF foot, double now)
    {
        bool inside = Polygon.Contains(zone.Corners, foot);
        ref Visit visit = ref CollectionsMarshal.GetValueRefOrAddDefault(_visits, id, out bool known);
        if (!known)
        {
            visit = new Visit { Label = label, ChangedAt = double.NegativeInfinity };
        }

        if (inside != visit.Inside && Polygon.Distance(zone.Corners, foot) < Clearance)
        {
            inside = visit.Inside;
        }

        if (inside == visit.Inside)
        {
            visit.ChangedAt = double.NegativeInfinity;
        }
        else if (double.IsNegativeInfinity(visit.ChangedAt))
        {
            visit.ChangedAt = now;
        }

        visit.SeenAt = now;
        if (inside == visit.Inside || now - visit.ChangedAt < Settle)
        {
            return ZoneChange.None;
        }

        if (inside)
        {
            visit.EnteredAt = visit.ChangedAt;
            SumsOf(visit.Label).Entered++;
        }
        else
        {
            Leave(visit, visit.ChangedAt);
        }

        visit.Inside = inside;
        visit.ChangedAt = double.NegativeInfinity;
        return inside ? ZoneChange.Entered : ZoneChange.Left;
    }

    /// <summary>How many are inside.</summary>
    public int CountInside()
    {
        int inside = 0;
        foreach (Visit visit in _visits.Values)
        {
            inside += visit.Inside ? 1 : 0;
        }

        return inside;
    }

    /// <summary>
    /// A track that was not seen for a while has left where it was last seen; those that were inside are added to
    /// <paramref name="left"/>.
    /// </summary>
    public void Sweep(double now, List<int>? left = null)
    {
        _gone.Clear();
        foreach ((int id, Visit visit) in _visits)
        {
            if (now - visit.SeenAt > Forget)
            {
                _gone.Add(id);
                if (visit.Inside)
                {
                    Leave(visit, visit.SeenAt);
                    left?.Add(id);
                }
            }
        }

        foreach (int id in _gone)
        {
            _visits.Remove(id);
        }
    }

    public void Report(double now, List<ZoneCount> into)
    {
        foreach ((string label, Sums sums) in _sums)
        {
            int inside = 0;
            double stayed = sums.Stayed;
            double longest = sums.Longest;
            foreach (Visit visit in _visits.Values)
            {
                if (visit.Inside && visit.Label == label)
                {
                    inside++;
                    stayed += now - visit.EnteredAt;
                    longest = Math.Max(longest, now - visit.EnteredAt);
                }
            }

            into.Add(
                new ZoneCount(zone.Name, label, inside, sums.Entered, sums.Left, sums.Entered == 0 ? 0 : stayed / sums.Entered, longest));
        }
    }

    private void Leave(in Visit visit, double at)
    {
        Sums sums = SumsOf(visit.Label);
        sums.Left++;
        sums.Stayed += at - visit.EnteredAt;
        sums.Longest = Math.Max(sums.Longest, at - visit.EnteredAt);
    }

    private Sums SumsOf(string label)
    {
        ref Sums? sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, label, out _);
        return sums ??= new Sums();
    }

    private struct Visit
    {
        public string Label;
        public bool Inside;
        public double EnteredAt;
        public double ChangedAt;
        public double SeenAt;
    }

    private sealed class Sums
    {
        public int Entered;
        public int Left;
        public double Stayed;
        public double Longest;
    }
}
