using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Rtc.Client;

/// <summary>What rules told, kept by the server: read in pages, and followed as it happens.</summary>
public sealed class EventApi
{
    private readonly ApiConnection _api;

    internal EventApi(ApiConnection api) => _api = api;

    /// <summary>Newest first; <see cref="EventPage.Next"/> is the <paramref name="after"/> of the following page.</summary>
    public Task<EventPage> ListAsync(
        EventQuery? query = null, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        _api.GetAsync(
            "api/events" + Query.Of([.. Of(query), ("after", after), ("limit", limit?.ToString(CultureInfo.InvariantCulture))]),
            ClientJson.Default.EventPage, isRoom: true, cancel);

    /// <summary>
    /// Events as they happen, until cancelled. A lost stream is an <see cref="RtcException"/>; with the last event's number as
    /// <paramref name="after"/> the next one goes on where it was.
    /// </summary>
    public async IAsyncEnumerable<RoomEvent> FollowAsync(
        EventQuery? query = null, long? after = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string path = "api/events/stream" + Query.Of([.. Of(query), ("after", after?.ToString(CultureInfo.InvariantCulture))]);
        await foreach (SseItem<string> item in _api.FollowAsync(path, isRoom: true, cancel).ConfigureAwait(false))
        {
            if (item.EventType == "event" && JsonSerializer.Deserialize(item.Data, ClientJson.Default.RoomEvent) is { } happened)
            {
                yield return happened;
            }
        }
    }

    private static (string, string?)[] Of(EventQuery? query) => query is null
        ? []
        :
        [
            ("room", query.Room), ("class", query.Class), ("rule", query.Rule),
            ("from", query.From?.ToString("O", CultureInfo.InvariantCulture)),
            ("to", query.To?.ToString("O", CultureInfo.InvariantCulture)),
        ];
}

/// <summary>What is looked for; null is all.</summary>
public sealed record EventQuery
{
    /// <summary>All rooms need the API key where tokens are asked for.</summary>
    public string? Room { get; init; }

    public string? Class { get; init; }

    public string? Rule { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }
}

/// <summary>Some events, and what the next page comes after; null on the last.</summary>
public sealed record EventPage(IReadOnlyList<RoomEvent> Events, string? Next);

/// <summary>Something that a rule waited for and that happened.</summary>
public sealed record RoomEvent
{
    /// <summary>Grows from each event to the next.</summary>
    public long EventId { get; init; }

    public string Room { get; init; } = "";

    public string RuleId { get; init; } = "";

    public string RuleName { get; init; } = "";

    public string When { get; init; } = "";

    public string? Class { get; init; }

    public int TrackId { get; init; }

    public float Confidence { get; init; }

    public EventBox? Box { get; init; }

    public string? Zone { get; init; }

    public string? Direction { get; init; }

    public int? Count { get; init; }

    public double? Seconds { get; init; }

    public DateTimeOffset HappenedAt { get; init; }

    public string? ThumbnailUrl { get; init; }

    public string? VideoId { get; init; }
}

/// <summary>A box in fractions of the upright picture.</summary>
public sealed record EventBox(float Xmin, float Ymin, float Xmax, float Ymax);
