using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Rules;

/// <summary>
/// The rules of one room over what is found in it, picture by picture. Pure: time comes with the picture. Rules and zones that stay the
/// same through a change keep what they know of the objects. For one thread at a time.
/// </summary>
public sealed class RuleEngine
{
    private readonly List<RuleEvent> _events = [];
    private List<RuleWatch> _watches = [];
    private IReadOnlyList<Rule>? _rules;
    private RoomSettings? _settings;

    /// <summary>Objects in fractions of the picture. What comes back holds until the next call.</summary>
    public IReadOnlyList<RuleEvent> See(
        ReadOnlySpan<TrackedObject> objects, DateTimeOffset at, RoomSettings settings, IReadOnlyList<Rule> rules)
    {
        Configure(settings, rules);
        _events.Clear();
        foreach (RuleWatch watch in _watches)
        {
            watch.See(objects, at, _events);
        }

        return _events;
    }

    private void Configure(RoomSettings settings, IReadOnlyList<Rule> rules)
    {
        if (ReferenceEquals(settings, _settings) && ReferenceEquals(rules, _rules))
        {
            return;
        }

        (_settings, _rules) = (settings, rules);
        var next = new List<RuleWatch>(rules.Count);
        foreach (Rule rule in rules)
        {
            if (rule.Enabled)
            {
                RuleWatch? known = _watches.Find(watch => ReferenceEquals(watch.Rule, rule));
                next.Add(known is not null && known.Shape.Equals(RuleWatch.ShapeOf(rule, settings))
                    ? known
                    : new RuleWatch(rule, settings));
            }
        }

        _watches = next;
    }
}
