using System.Text.Json;
using Rtc.Media;
using Rtc.Pipeline.Rules;
using Rtc.Server.Rules;
using Rtc.Signaling;
using Rtc.Store.Events;

namespace Rtc.Server.Events;

/// <summary>A box in fractions of the upright picture.</summary>
internal sealed record EventBox(float Xmin, float Ymin, float Xmax, float Ymax);

/// <summary>What of an event is not looked for, as it is kept.</summary>
internal sealed record EventData(
    int TrackId, float Confidence, EventBox Box, string? Zone, string? Direction, int? Count, double? Seconds)
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string Write(RuleEvent happened)
    {
        RectF box = happened.Object.Box;
        Rule rule = happened.Rule;
        return JsonSerializer.Serialize(
            new EventData(
                happened.Object.TrackId, Round(happened.Object.Score),
                new EventBox(Round(box.Left), Round(box.Top), Round(box.Right), Round(box.Bottom)), rule.Zone,
                rule.Kind == RuleKind.LineCrossed ? RuleReading.NameOf(happened.Direction) : null,
                rule.Kind == RuleKind.Count ? happened.Count : null,
                rule.Kind is RuleKind.ZoneLeft or RuleKind.Dwell or RuleKind.ClassGone ? Math.Round(happened.Seconds, 2) : null),
            s_json);
    }

    public static EventData Read(string json) => JsonSerializer.Deserialize<EventData>(json, s_json)!;

    private static float Round(float value) => MathF.Round(value, 4);
}

/// <summary>An event as the API, webhooks, MQTT and the stream tell it.</summary>
internal sealed record EventView(
    long EventId,
    string Room,
    string RuleId,
    string RuleName,
    string When,
    string? Class,
    int TrackId,
    float Confidence,
    EventBox Box,
    string? Zone,
    string? Direction,
    int? Count,
    double? Seconds,
    DateTimeOffset HappenedAt,
    string? ThumbnailUrl,
    string? VideoId)
{
    public static EventView Of(StoredEvent kept)
    {
        var data = EventData.Read(kept.Data);
        return new EventView(
            kept.Id, kept.Room, kept.RuleId, kept.RuleName, kept.Kind, kept.Class, data.TrackId, data.Confidence, data.Box, data.Zone,
            data.Direction, data.Count, data.Seconds, kept.HappenedAt,
            kept.HasThumbnail ? $"/api/events/{kept.Id}/thumbnail.jpg" : null, kept.VideoId?.ToString());
    }

    /// <summary>As it is written first.</summary>
    public static StoredEvent Stored(RoomName room, RuleEvent happened) => new(
        0, room.ToString(), happened.Rule.Id, happened.Rule.Name, RuleReading.NameOf(happened.Rule.Kind), happened.Object.Label,
        happened.At, EventData.Write(happened));
}
