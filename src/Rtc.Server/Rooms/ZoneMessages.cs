using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Zones;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Zones and lines between the wire, where two points make a line, and the pipeline, which keeps them apart.</summary>
internal static class ZoneMessages
{
    /// <summary>Of all zones and lines of a room together: everybody in it is told of them.</summary>
    public const int MaxPoints = 256;
    private const int MaxNameLength = 40;

    /// <summary>A ten-thousandth of the picture is less than a pixel, and a third as long to write as all that a float holds.</summary>
    private const int Digits = 4;

    public static List<ZoneMessage>? From(RoomSettings settings)
    {
        List<ZoneMessage> all =
        [
            .. settings.Zones.Select(zone => new ZoneMessage { Name = zone.Name, Points = [.. zone.Corners.Select(Point)] }),
            .. settings.Lines.Select(line => new ZoneMessage { Name = line.Name, Points = [Point(line.A), Point(line.B)] }),
        ];
        return all;
    }

    public static bool TryRead(IReadOnlyList<ZoneMessage> messages, RoomSettings current, out RoomSettings next)
    {
        next = current;
        var zones = new List<Zone>();
        var lines = new List<TripLine>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (messages.Sum(message => message?.Points?.Count ?? 0) > MaxPoints)
        {
            return false;
        }

        foreach (ZoneMessage message in messages)
        {
            if (message?.Points is not { } points
                || message.Name is not { Length: > 0 and <= MaxNameLength } name
                || name.Any(char.IsControl)
                || !names.Add(name)
                || points.Any(point => point is not { Length: 2 } || !(point[0] is >= 0 and <= 1) || !(point[1] is >= 0 and <= 1)))
            {
                return false;
            }

            List<PlaceF> places = [.. points.Select(point => new PlaceF(MathF.Round(point[0], Digits), MathF.Round(point[1], Digits)))];
            if (places.Count == 2)
            {
                lines.Add(new TripLine(name, places[0], places[1]));
            }
            else
            {
                zones.Add(new Zone(name, places));
            }
        }

        next = current with { Zones = zones, Lines = lines };
        return true;
    }

    /// <summary>Per zone or line, all classes together and each by itself; a line counts forward as entered and backward as left.</summary>
    public static List<ZoneStatsMessage>? From(PipelineStats stats)
    {
        if (stats.Zones.Count == 0 && stats.Lines.Count == 0)
        {
            return null;
        }

        var all = new List<ZoneStatsMessage>();
        foreach (IGrouping<string, ZoneCount> zone in stats.Zones.GroupBy(count => count.Zone))
        {
            int stays = zone.Sum(count => count.Left);
            double stay = stays == 0 ? 0 : zone.Sum(count => count.MeanStaySeconds * count.Left) / stays;
            all.Add(new ZoneStatsMessage(
                zone.Key, zone.Sum(count => count.Inside), zone.Sum(count => count.Entered), zone.Sum(count => count.Left),
                Math.Round(stay, 2), zone.ToDictionary(count => count.Label, count => (long)count.Entered)));
        }

        foreach (IGrouping<string, LineCount> line in stats.Lines.GroupBy(count => count.Line))
        {
            all.Add(new ZoneStatsMessage(
                line.Key, 0, line.Sum(count => count.Forward), line.Sum(count => count.Backward), 0,
                line.ToDictionary(count => count.Label, count => (long)(count.Forward + count.Backward))));
        }

        return all;
    }

    private static float[] Point(PlaceF place) => [place.X, place.Y];
}
