using System.Runtime.InteropServices;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;
using Rtc.Pipeline.Zones;

namespace Rtc.Pipeline.Rules;

/// <summary>One rule at work: it follows the objects that it is about and says when what it waits for happens. Pure.</summary>
internal sealed class RuleWatch
{
    /// <summary>A state that lasts shorter than this is noise of the detector.</summary>
    private const double Settle = 0.2;

    /// <summary>Where it names no zone: all of the picture, its border well outside.</summary>
    private static readonly Zone s_everywhere = new("", [new(-1, -1), new(2, -1), new(2, 2), new(-1, 2)]);

    private readonly ZoneTally? _zone;
    private readonly LineTally? _line;
    private readonly Dictionary<int, Seen> _seen = [];
    private readonly List<int> _left = [];
    private double _quietUntil = double.NegativeInfinity;
    private double _changedAt = double.NegativeInfinity;
    private double _presentSince;
    private double _lastInside = double.NegativeInfinity;
    private bool _isOver;
    private TrackedObject _newest;

    public RuleWatch(Rule rule, RoomSettings settings)
    {
        Rule = rule;
        Shape = ShapeOf(rule, settings);
        if (rule.Kind == RuleKind.LineCrossed)
        {
            _line = new LineTally(new TripLine(rule.Zone ?? string.Empty, Shape.Corners[0], Shape.Corners[1]));
        }
        else
        {
            _zone = new ZoneTally(Shape);
        }
    }

    public Rule Rule { get; }

    /// <summary>Where it looks; of a line its two ends.</summary>
    public Zone Shape { get; }

    /// <summary>The room's own shape of that name, where it has one of the right kind; else the one that came with the rule.</summary>
    public static Zone ShapeOf(Rule rule, RoomSettings settings)
    {
        if (rule.Zone is not { } name)
        {
            return s_everywhere;
        }

        if (rule.Kind == RuleKind.LineCrossed)
        {
            return settings.Lines.FirstOrDefault(line => line.Name == name) is { } line
                ? new Zone(name, [line.A, line.B])
                : new Zone(name, rule.Points);
        }

        return settings.Zones.FirstOrDefault(zone => zone.Name == name) ?? new Zone(name, rule.Points);
    }

    /// <summary>The objects of one picture, in fractions of it; what happened is added.</summary>
    public void See(ReadOnlySpan<TrackedObject> objects, DateTimeOffset at, List<RuleEvent> into)
    {
        double now = at.ToUnixTimeMilliseconds() / 1000.0;
        foreach (ref readonly TrackedObject one in objects)
        {
            if (IsAbout(one))
            {
                See(one, now, at, into);
            }
        }

        _left.Clear();
        _zone?.Sweep(now, _left);
        _line?.Sweep(now);
        foreach (int id in _left)
        {
            if (Rule.Kind == RuleKind.ZoneLeft && _seen.TryGetValue(id, out Seen last))
            {
                Tell(new RuleEvent(Rule, at, last.Object, Seconds: last.At - last.EnteredAt), now, into);
            }
        }

        switch (Rule.Kind)
        {
            case RuleKind.Count:
                int count = _zone!.CountInside();
                if (HasBecome(count > Rule.Count, now))
                {
                    Tell(new RuleEvent(Rule, at, _newest, count), now, into);
                }

                break;
            case RuleKind.ClassAppeared:
                if (HasBecome(_zone!.CountInside() > 0, now))
                {
                    Tell(new RuleEvent(Rule, at, _newest), now, into);
                }

                break;
            case RuleKind.ClassGone:
                SeeGone(now, at, into);
                break;
        }

        Forget(now);
    }

    private bool IsAbout(in TrackedObject one) =>
        one.Score >= Rule.Confidence && (Rule.Classes.Count == 0 || Rule.Classes.Contains(one.Label, StringComparer.OrdinalIgnoreCase));

    private void See(in TrackedObject one, double now, DateTimeOffset at, List<RuleEvent> into)
    {
        var foot = new PlaceF(one.Box.CenterX, one.Box.Bottom);
        ref Seen seen = ref CollectionsMarshal.GetValueRefOrAddDefault(_seen, one.TrackId, out _);
        (seen.Object, seen.At) = (one, now);
        if (_line is not null)
        {
            int crossed = _line.See(one.TrackId, one.Label, foot, now);
            LineDirection way = crossed > 0 ? LineDirection.Forward : LineDirection.Backward;
            if (crossed != 0 && (Rule.Direction == LineDirection.Any || Rule.Direction == way))
            {
                Tell(new RuleEvent(Rule, at, one, Direction: way), now, into);
            }

            return;
        }

        ZoneChange change = _zone!.See(one.TrackId, one.Label, foot, now);
        if (change == ZoneChange.Entered)
        {
            (seen.EnteredAt, seen.IsInside, seen.IsTold) = (now, true, false);
        }

        if (change == ZoneChange.Left)
        {
            seen.IsInside = false;
        }

        if (seen.IsInside)
        {
            (_newest, _lastInside) = (one, now);
        }

        if (change == ZoneChange.Entered && Rule.Kind == RuleKind.ZoneEntered)
        {
            Tell(new RuleEvent(Rule, at, one), now, into);
        }
        else if (change == ZoneChange.Left && Rule.Kind == RuleKind.ZoneLeft)
        {
            Tell(new RuleEvent(Rule, at, one, Seconds: now - seen.EnteredAt), now, into);
        }
        else if (Rule.Kind == RuleKind.Dwell && seen is { IsInside: true, IsTold: false } && now - seen.EnteredAt >= Rule.Seconds)
        {
            // Once for each stay, heard or not.
            seen.IsTold = true;
            Tell(new RuleEvent(Rule, at, one, Seconds: now - seen.EnteredAt), now, into);
        }
    }

    /// <summary>True once, where it has been so for long enough after it was not for as long.</summary>
    private bool HasBecome(bool isOver, double now)
    {
        if (isOver == _isOver)
        {
            _changedAt = double.NegativeInfinity;
            return false;
        }

        if (double.IsNegativeInfinity(_changedAt))
        {
            _changedAt = now;
        }

        if (now - _changedAt < Settle)
        {
            return false;
        }

        _isOver = isOver;
        _changedAt = double.NegativeInfinity;
        return isOver;
    }

    private void SeeGone(double now, DateTimeOffset at, List<RuleEvent> into)
    {
        if (_lastInside >= now)
        {
            _presentSince = _isOver ? _presentSince : now;
            _isOver = true;
        }
        else if (_isOver && now - _lastInside >= Rule.Seconds)
        {
            _isOver = false;
            Tell(new RuleEvent(Rule, at, _newest, Seconds: _lastInside - _presentSince), now, into);
        }
    }

    private void Tell(RuleEvent happened, double now, List<RuleEvent> into)
    {
        if (now < _quietUntil || Rule.Schedule?.IsOpen(happened.At) == false)
        {
            return;
        }

        _quietUntil = now + Rule.CooldownSeconds;
        into.Add(happened);
    }

    private void Forget(double now)
    {
        _left.Clear();
        foreach ((int id, Seen seen) in _seen)
        {
            if (now - seen.At > ZoneTally.Forget)
            {
                _left.Add(id);
            }
        }

        foreach (int id in _left)
        {
            _seen.Remove(id);
        }
    }

    private struct Seen
    {
        public TrackedObject Object;
        public double At;
        public double EnteredAt;
        public bool IsInside;
        public bool IsTold;
    }
}
