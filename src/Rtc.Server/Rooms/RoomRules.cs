using Rtc.Pipeline.Results;
using Rtc.Pipeline.Rules;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;
using Rtc.Server.Rules;
using Rtc.Signaling;

namespace Rtc.Server.Rooms;

/// <summary>
/// A room's rules over what is found in it. The pipeline's loop asks with each result; a room without rules looks at one reference then and
/// goes on. The media loop keeps the room's zones and those of its rules the same.
/// </summary>
internal sealed class RoomRules(Room room, RuleBook? book)
{
    private readonly RuleEngine _engine = new();

    // The pipeline's loop's.
    private object? _snapshot;
    private RuleSet? _set;

    // The media loop's.
    private RuleSet? _applied;
    private RoomSettings? _seen;

    /// <summary>Results are wanted though nobody listens. On the media loop.</summary>
    public bool IsAwake => book?.Find(room.Name)?.IsAwake == true;

    /// <summary>On the loop that the result comes from.</summary>
    public void See(VisionResult result)
    {
        if (book is null)
        {
            return;
        }

        if (!ReferenceEquals(book.All, _snapshot))
        {
            _snapshot = book.All;
            _set = book.Find(room.Name);
        }

        if (_set is null)
        {
            return;
        }

        TrackedObject[] objects = result.Detections as TrackedObject[] ?? [.. result.Detections];
        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds((long)result.ReceivedMs);
        IReadOnlyList<RuleEvent> happened = _engine.See(objects, at, room.Pipeline.Settings, _set.Rules);
        for (int i = 0; i < happened.Count; i++)
        {
            room.Pipeline.KeepNextPicture();
            book.Tell(new RuleNews(room.Name, _set.Find(happened[i].Rule.Id)!, happened[i]));
        }
    }

    /// <summary>When the room opens, and once a second.</summary>
    public void Tick()
    {
        if (book is null)
        {
            return;
        }

        RuleSet? set = book.Find(room.Name);
        if (!ReferenceEquals(set, _applied))
        {
            Apply(set);
        }

        if (set is not null && !ReferenceEquals(room.Pipeline.Settings, _seen))
        {
            _seen = room.Pipeline.Settings;
            foreach (RoomRule rule in set.All)
            {
                KeepPlace(rule);
            }

            _applied = book.Find(room.Name);
        }
    }

    private void Apply(RuleSet? set)
    {
        RoomSettings settings = room.Pipeline.Settings;
        RoomSettings next = settings;
        foreach (RoomRule rule in set?.All ?? [])
        {
            if (_applied?.Find(rule.Rule.Id) is null)
            {
                next = WithShape(next, rule.Rule);
            }
        }

        if (next != settings && room.Pipeline.TryConfigure(next) is null)
        {
            room.Messages.TellSettings();
        }

        _applied = set;
        room.Recorder.Clips.Keep(set is { Records: true } ? set.KeepBefore : null);
        room.UpdateDemand();
    }

    /// <summary>
    /// Rules outlive the room: what they look at is there again when it opens, as far as a room's zones may have points. A rule goes by
    /// its own points where they have no place there.
    /// </summary>
    private static RoomSettings WithShape(RoomSettings settings, Rule rule)
    {
        if (rule.Zone is not { } name || rule.Points.Count == 0
            || settings.Zones.Any(zone => zone.Name == name) || settings.Lines.Any(line => line.Name == name)
            || settings.Zones.Sum(zone => zone.Corners.Count) + (2 * settings.Lines.Count) + rule.Points.Count > ZoneMessages.MaxPoints
            || settings.Zones.Count + settings.Lines.Count == RoomSettings.MaxRegions)
        {
            return settings;
        }

        return rule.Points.Count == 2
            ? settings with { Lines = [.. settings.Lines, new TripLine(name, rule.Points[0], rule.Points[1])] }
            : settings with { Zones = [.. settings.Zones, new Zone(name, rule.Points)] };
    }

    /// <summary>Somebody moved its zone: the rule is kept with the new place.</summary>
    private void KeepPlace(RoomRule kept)
    {
        Rule rule = kept.Rule;
        IReadOnlyList<PlaceF>? place = rule.Kind == RuleKind.LineCrossed
            ? _seen!.Lines.FirstOrDefault(line => line.Name == rule.Zone) is { } line ? [line.A, line.B] : null
            : _seen!.Zones.FirstOrDefault(zone => zone.Name == rule.Zone)?.Corners;
        if (place is null || place.SequenceEqual(rule.Points))
        {
            return;
        }

        var moved = kept with
        {
            Rule = rule with { Points = place },
            Definition = kept.Definition with { Points = [.. place.Select(point => (float[])[point.X, point.Y])] },
        };
        book!.Put(room.Name, moved);
        book.Tell(new RuleNews(room.Name, moved, null));
    }
}
