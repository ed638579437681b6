using Rtc.Pipeline.Rules;
using Rtc.Signaling;

namespace Rtc.Server.Rules;

/// <summary>A rule as the API answers it: all fields that a client may write, and what the server adds.</summary>
internal sealed record RuleView(
    string RuleId,
    string Room,
    string Name,
    string When,
    bool Enabled,
    string? Zone,
    IReadOnlyList<float[]> Points,
    string Direction,
    double Seconds,
    int Count,
    IReadOnlyList<string> Classes,
    float Confidence,
    ScheduleDefinition? Schedule,
    double CooldownSeconds,
    ActionDefinition Actions,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static RuleView Of(RoomName room, RoomRule kept, bool withWebhook)
    {
        Rule rule = kept.Rule;
        ActionDefinition actions = kept.Definition.Actions ?? new ActionDefinition();
        return new RuleView(
            rule.Id, room.ToString(), rule.Name, RuleReading.NameOf(rule.Kind), rule.Enabled, rule.Zone,
            [.. rule.Points.Select(point => (float[])[point.X, point.Y])], RuleReading.NameOf(rule.Direction), rule.Seconds, rule.Count,
            rule.Classes, rule.Confidence, kept.Definition.Schedule, rule.CooldownSeconds,
            withWebhook ? actions : actions with { Webhook = null }, kept.CreatedAt, kept.UpdatedAt);
    }
}
