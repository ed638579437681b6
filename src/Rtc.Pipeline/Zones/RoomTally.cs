using Rtc.Media;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Zones;

/// <summary>
/// All that a room counts about places: zones, lines, heat. The inference loop feeds it each scene; any thread reads it.
/// Zones and lines that stay the same through a change of settings keep their counts.
/// </summary>
internal sealed class RoomTally
{
    /// <summary>A pause between two pictures adds at most this much heat.</summary>
    private const double MaxGap = 0.5;

    private readonly Lock _gate = new();
    private readonly Dictionary<Zone, ZoneTally> _zones = [];
    private readonly Dictionary<TripLine, LineTally> _lines = [];
    private readonly HeatMap _heat = new();
    private RoomSettings? _settings;
    private double _now = double.NaN;

    /// <summary>Objects in fractions of the picture at <paramref name="now"/> seconds of the video's clock.</summary>
    public void See(ReadOnlySpan<TrackedObject> objects, double now, RoomSettings settings)
    {
        lock (_gate)
        {
            Configure(settings);
            double gap = double.IsNaN(_now) ? 0 : Math.Clamp(now - _now, 0, MaxGap);
            _now = now;
            foreach (ref readonly TrackedObject found in objects)
            {
                var foot = new PlaceF(found.Box.CenterX, found.Box.Bottom);
                if (!found.Predicted)
                {
                    _heat.Add(foot, gap);
                }

                foreach (ZoneTally zone in _zones.Values)
                {
                    zone.See(found.TrackId, found.Label, foot, now);
                }

                foreach (LineTally line in _lines.Values)
                {
                    line.See(found.TrackId, found.Label, foot, now);
                }
            }

            foreach (ZoneTally zone in _zones.Values)
            {
                zone.Sweep(now);
            }

            foreach (LineTally line in _lines.Values)
            {
                line.Sweep(now);
            }
        }
    }

    public IReadOnlyList<ZoneCount> ZoneCounts()
    {
        lock (_gate)
        {
            if (_zones.Count == 0)
            {
                return [];
            }

            var counts = new List<ZoneCount>();
            foreach (ZoneTally zone in _zones.Values)
            {
                zone.Report(_now, counts);
            }

            return counts;
        }
    }

    public IReadOnlyList<LineCount> LineCounts()
    {
        lock (_gate)
        {
            if (_lines.Count == 0)
            {
                return [];
            }

            var counts = new List<LineCount>();
            foreach (LineTally line in _lines.Values)
            {
                line.Report(counts);
            }

            return counts;
        }
    }

    public Mask Heat(int width, int height)
    {
        lock (_gate)
        {
            return _heat.ToMask(width, height);
        }
    }

    private void Configure(RoomSettings settings)
    {
        if (ReferenceEquals(settings, _settings))
        {
            return;
        }

        _settings = settings;
        foreach (Zone gone in _zones.Keys.Where(zone => !settings.Zones.Contains(zone)).ToList())
        {
            _zones.Remove(gone);
        }

        foreach (TripLine gone in _lines.Keys.Where(line => !settings.Lines.Contains(line)).ToList())
        {
            _lines.Remove(gone);
        }

        foreach (Zone zone in settings.Zones)
        {
            _zones.TryAdd(zone, new ZoneTally(zone));
        }

        foreach (TripLine line in settings.Lines)
        {
            _lines.TryAdd(line, new LineTally(line));
        }
    }
}
