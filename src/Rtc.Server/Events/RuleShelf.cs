using System.Text.Json;
using System.Text.Json.Serialization;
using Rtc.Pipeline.Rules;
using Rtc.Server.Options;
using Rtc.Server.Rules;
using Rtc.Signaling;
using Rtc.Store.Rules;
using Rtc.Store.Users;

namespace Rtc.Server.Events;

/// <summary>Rules between the store, which keeps them, and the rooms, which go by them.</summary>
internal sealed partial class RuleShelf(RuleTable table, RuleBook book, RtcOptions options, ILogger<RuleShelf> log)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>As they are in the store now: another program may have changed them.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        long asOf = book.Changes;
        List<(RoomName, RoomRule)> rules = [];
        foreach (RuleRow row in await table.AllAsync(cancel))
        {
            if (RoomName.TryParse(row.Room, out RoomName room) && TryRead(row) is { } rule)
            {
                rules.Add((room, rule));
            }
            else
            {
                LogUnread(log, row.Id, row.Room);
            }
        }

        book.Replace(rules, asOf);
    }

    /// <summary>Null where the room has as many as it may.</summary>
    public async Task<RoomRule?> PutAsync(
        RoomName room, Rule rule, RuleActions actions, RuleDefinition definition, UserId owner, CancellationToken cancel)
    {
        string json = JsonSerializer.Serialize(definition, s_json);
        if (await table.PutAsync(room.ToString(), rule.Id, owner, json, options.Events.MaxRulesPerRoom, cancel) is not { } row)
        {
            return null;
        }

        var kept = new RoomRule(rule, actions, definition, owner, row.CreatedAt, row.UpdatedAt);
        book.Put(room, kept);
        return kept;
    }

    /// <summary>Its zone is elsewhere now; a rule that is gone meanwhile stays gone.</summary>
    public Task<int> MoveAsync(RoomName room, RoomRule rule, CancellationToken cancel) =>
        table.RedefineAsync(room.ToString(), rule.Rule.Id, JsonSerializer.Serialize(rule.Definition, s_json), cancel);

    /// <summary>False where there was none.</summary>
    public async Task<bool> DeleteAsync(RoomName room, string id, CancellationToken cancel)
    {
        bool wasThere = await table.DeleteAsync(room.ToString(), id, cancel);
        book.Remove(room, id);
        return wasThere;
    }

    private static RoomRule? TryRead(RuleRow row)
    {
        try
        {
            return JsonSerializer.Deserialize<RuleDefinition>(row.Definition, s_json) is { } definition
                && RuleReading.Read(row.Id, definition, out Rule? rule, out RuleActions? actions) is null
                ? new RoomRule(rule!, actions!, definition, row.UserId, row.CreatedAt, row.UpdatedAt)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The rule {Rule} of {Room} can't be read and sleeps")]
    private static partial void LogUnread(ILogger log, string rule, string room);
}
