using System.Globalization;
using System.Text;
using System.Text.Json;
using Rtc.Analysis.Exports;
using Rtc.Store.Events;

namespace Rtc.Server.Events;

/// <summary>
/// Events as a file, oldest first: a line of JSON each, or a table for spreadsheets. Read in pages, so it may be of any length.
/// </summary>
internal static class EventExport
{
    private const int AtOnce = 500;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly string[] s_columns =
    [
        "event_id", "happened_at", "room", "rule_id", "rule_name", "when", "class", "track_id", "confidence", "zone", "direction", "count",
        "seconds", "xmin", "ymin", "xmax", "ymax", "video_id",
    ];

    public static async Task WriteAsync(EventTable events, EventSearch search, bool isCsv, Stream into, CancellationToken cancel)
    {
        if (isCsv)
        {
            await into.WriteAsync(Encoding.UTF8.GetBytes(string.Join(',', s_columns) + "\r\n"), cancel);
        }

        long last = 0;
        while (await events.ListNewerAsync(search, last, AtOnce, cancel) is { Count: > 0 } rows)
        {
            var text = new StringBuilder();
            foreach (StoredEvent row in rows)
            {
                EventView view = EventView.Of(row);
                text.Append(isCsv ? Line(view) + "\r\n" : JsonSerializer.Serialize(view, s_json) + "\n");
            }

            await into.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancel);
            last = rows[^1].Id;
        }
    }

    private static string Line(EventView view) => string.Join(',', ((object?[])
    [
        view.EventId, view.HappenedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        view.Room, view.RuleId, view.RuleName,
        view.When, view.Class, view.TrackId, view.Confidence, view.Zone, view.Direction, view.Count, view.Seconds,
        view.Box.Xmin, view.Box.Ymin,
        view.Box.Xmax, view.Box.Ymax, view.VideoId,
    ]).Select(Field));

    private static string Field(object? value) =>
        value is string text ? CsvField.Text(text) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
}
