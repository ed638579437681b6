using System.Collections.Frozen;
using System.Threading.Channels;
using Rtc.Pipeline.Rules;
using Rtc.Signaling;

namespace Rtc.Server.Rules;

/// <summary>Something of a rule that has to be written down: it happened, or its zone was moved in the room.</summary>
internal sealed record RuleNews(RoomName Room, RoomRule Rule, RuleEvent? Happened);

/// <summary>
/// The rules of all rooms at work, by the room's name, as one snapshot that is swapped whole: a room looks once a picture whether it is
/// still the one that it knows. What happens waits here until it is written down. For any thread.
/// </summary>
internal sealed class RuleBook
{
    /// <summary>What may wait for a slow database; more is dropped and counted.</summary>
    private const int MaxWaiting = 256;

    private readonly Lock _lock = new();
    private readonly Channel<RuleNews> _news;
    private volatile FrozenDictionary<RoomName, RuleSet> _all = FrozenDictionary<RoomName, RuleSet>.Empty;
    private long _dropped;
    private long _changes;

    public RuleBook() => _news = Channel.CreateBounded<RuleNews>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
        _ => Interlocked.Increment(ref _dropped));

    /// <summary>The same object until a rule changes.</summary>
    public FrozenDictionary<RoomName, RuleSet> All => _all;

    public ChannelReader<RuleNews> News => _news.Reader;

    /// <summary>Events that came faster than they could be written.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>How often a rule was put or removed here.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>Null where the room has none.</summary>
    public RuleSet? Find(RoomName room) => _all.GetValueOrDefault(room);

    public void Tell(RuleNews news) => _news.Writer.TryWrite(news);

    public void Put(RoomName room, RoomRule rule) => Change(room, rules =>
    {
        int at = rules.FindIndex(one => one.Rule.Id == rule.Rule.Id);
        if (at < 0)
        {
            rules.Add(rule);
        }
        else
        {
            rules[at] = rule;
        }
    });

    public void Remove(RoomName room, string id) => Change(room, rules => rules.RemoveAll(one => one.Rule.Id == id));

    /// <summary>
    /// As another program may have left them; rules that did not change stay the objects that they are. What was read before
    /// <see cref="Changes"/> grew is older than what is here, and passed over.
    /// </summary>
    public void Replace(IEnumerable<(RoomName Room, RoomRule Rule)> rules, long asOf)
    {
        lock (_lock)
        {
            if (_changes != asOf)
            {
                return;
            }

            Dictionary<RoomName, RuleSet> next = [];
            foreach (IGrouping<RoomName, (RoomName Room, RoomRule Rule)> room in rules.GroupBy(one => one.Room))
            {
                RuleSet? known = Find(room.Key);
                RoomRule[] all = [.. room.Select(one =>
                    known?.Find(one.Rule.Rule.Id) is { } same && same.UpdatedAt == one.Rule.UpdatedAt ? same : one.Rule)];
                next[room.Key] = known is not null && known.All.SequenceEqual(all, ReferenceEqualityComparer.Instance)
                    ? known
                    : new RuleSet(all);
            }

            if (next.Count != _all.Count || next.Any(one => Find(one.Key) != one.Value))
            {
                _all = next.ToFrozenDictionary();
            }
        }
    }

    private void Change(RoomName room, Action<List<RoomRule>> change)
    {
        lock (_lock)
        {
            _changes++;
            List<RoomRule> rules = [.. Find(room)?.All ?? []];
            change(rules);
            Dictionary<RoomName, RuleSet> next = new(_all);
            next.Remove(room);
            if (rules.Count > 0)
            {
                next[room] = new RuleSet(rules);
            }

            _all = next.ToFrozenDictionary();
        }
    }
}
