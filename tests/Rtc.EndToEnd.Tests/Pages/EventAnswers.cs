using Microsoft.Playwright;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>What a server answers of rules and events: some of each kind, and a rule that is put comes back.</summary>
internal static class EventAnswers
{
    private const string Picture =
        """<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><rect width="320" height="180" fill="#6a7f94"/></svg>""";

    private static readonly string s_events = $$"""
        {"events":[{{Event(9, "demo", "Somebody at the front door of the house by the river", "zone_entered", "person", "door", null, null)}},
        {{Event(8, "demo", "Gate", "line_crossed", "car", "gate", "forward", null)}},
        {{Event(7, "warehouse-north.2", "Waits too long", "dwell", "person", "dock", null, "95.5")}}],"next":"7"}
        """;

    /// <summary>Null where it is asked for neither.</summary>
    public static RouteFulfillOptions? Of(PageRequest request) => request.Path switch
    {
        "/api/events" => new() { Body = s_events, ContentType = "application/json" },
        "/api/events/stream" => new() { Body = "event: ping\ndata: null\n\n", ContentType = "text/event-stream" },
        var path when path.StartsWith("/api/events/", StringComparison.Ordinal) && path.EndsWith(".jpg", StringComparison.Ordinal) =>
            new() { Body = Picture, ContentType = "image/svg+xml" },
        var path when path.EndsWith("/rules", StringComparison.Ordinal) => new() { Body = """{"rules":[]}""", ContentType = "application/json" },
        var path when path.Contains("/rules/", StringComparison.Ordinal) && request.Method == "PUT" => new()
        {
            Body = $$"""{"rule_id":"{{path.Split('/')[^1]}}",{{request.Body[1..]}}""",
            ContentType = "application/json",
            Status = 201,
        },
        _ => null,
    };

    private static string Event(
        int id, string room, string rule, string when, string label, string zone, string? direction, string? seconds) => $$"""
        {"event_id":{{id}},"room":"{{room}}","rule_id":"{{when}}","rule_name":"{{rule}}","when":"{{when}}","class":"{{label}}","track_id":7,
        "confidence":0.91,"box":{"xmin":0.3,"ymin":0.2,"xmax":0.5,"ymax":0.9},"zone":"{{zone}}",
        "direction":{{(direction is null ? "null" : $"\"{direction}\"")}},"count":null,"seconds":{{seconds ?? "null"}},
        "happened_at":"2026-01-01T01:00:00+00:00","thumbnail_url":{{(id == 7 ? "null" : $"\"/api/events/{id}/thumbnail.jpg\"")}},
        "video_id":{{(id == 9 ? "\"1\"" : "null")}}}
        """;
}
