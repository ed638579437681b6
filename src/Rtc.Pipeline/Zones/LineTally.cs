using System.Runtime.InteropServices;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Zones;

/// <summary>
/// Counts who crosses a line, per class and direction. A crossing counts once the foot is a little beyond the line, so
/// that trembling on it counts nothing. Pure.
/// </summary>
internal sealed class LineTally(TripLine line)
{
    /// <summary>Fraction of the picture that a foot must be away from the line to be on a side.</summary>
    private const double Clearance = 0.004;

    private const double Forget = 2;

    private readonly double _length = Math.Sqrt(Math.Pow(line.B.X - line.A.X, 2) + Math.Pow(line.B.Y - line.A.Y, 2));
    private readonly Dictionary<int, Walk> _walks = [];
    private readonly Dictionary<string, (int Forward, int Backward)> _counts = [];
    private readonly List<int> _gone = [];

    /// <summary>1 where this track has just crossed forward, -1 backward, else 0.</summary>
    public int See(int id, string label, PlaceF foot, double now)
    {
        double distance = Polygon.Side(line.A, line.B, foot) / _length;
        int side = distance > Clearance ? 1 : distance < -Clearance ? -1 : 0;
        ref Walk walk = ref CollectionsMarshal.GetValueRefOrAddDefault(_walks, id, out bool known);
        if (!known)
        {
            walk = new Walk { Label = label };
        }

        walk.SeenAt = now;
        if (side == 0)
        {
            return 0;
        }

        int crossed = 0;
        if (walk.Side == -side && Polygon.Crosses(line, walk.Foot, foot))
        {
            ref (int Forward, int Backward) count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, walk.Label, out _);
            count = side > 0 ? (count.Forward + 1, count.Backward) : (count.Forward, count.Backward + 1);
            crossed = side;
        }

        walk.Side = side;
        walk.Foot = foot;
        return crossed;
    }

    public void Sweep(double now)
    {
        _gone.Clear();
        foreach ((int id, Walk walk) in _walks)
        {
            if (now - walk.SeenAt > Forget)
            {
                _gone.Add(id);
            }
        }

        foreach (int id in _gone)
        {
            _walks.Remove(id);
        }
    }

    public void Report(List<LineCount> into)
    {
        foreach ((string label, (int forward, int backward)) in _counts)
        {
            into.Add(new LineCount(line.Name, label, forward, backward));
        }
    }

    private struct Walk
    {
        public string Label;
        public int Side;
        public PlaceF Foot;
        public double SeenAt;
    }
}
