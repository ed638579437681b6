using Rtc.Pipeline.Rules;
using Rtc.Store.Users;

namespace Rtc.Server.Rules;

/// <summary>
/// A room's rule with what follows from an event of it, and in whose name it was made: that user's library gets the clips.
/// </summary>
internal sealed record RoomRule(
    Rule Rule, RuleActions Actions, RuleDefinition Definition, UserId Owner, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>What follows beside the event itself.</summary>
internal sealed record RuleActions(string? Webhook, bool Mqtt, ClipSpan? Record);

/// <summary>How much is recorded before and after an event.</summary>
internal sealed record ClipSpan(TimeSpan Before, TimeSpan After);

/// <summary>All rules of one room.</summary>
internal sealed class RuleSet(IReadOnlyList<RoomRule> all)
{
    public IReadOnlyList<RoomRule> All => all;

    /// <summary>The same list as long as this set is the room's.</summary>
    public IReadOnlyList<Rule> Rules { get; } = [.. all.Select(one => one.Rule)];

    public bool IsAwake { get; } = all.Any(one => one.Rule.Enabled);

    /// <summary>What of the past has to be at hand; zero where nothing is recorded.</summary>
    public TimeSpan KeepBefore { get; } = all.Where(one => one.Rule.Enabled && one.Actions.Record is not null)
        .Select(one => one.Actions.Record!.Before).DefaultIfEmpty(TimeSpan.Zero).Max();

    public bool Records { get; } = all.Any(one => one.Rule.Enabled && one.Actions.Record is not null);

    public RoomRule? Find(string id) => all.FirstOrDefault(one => one.Rule.Id == id);
}
