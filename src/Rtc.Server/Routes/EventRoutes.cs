using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Rtc.Server.Accounts;
using Rtc.Server.Authorization;
using Rtc.Server.Events;
using Rtc.Server.Http;
using Rtc.Store.Events;

namespace Rtc.Server.Routes;

/// <summary>What happened in rooms: looked for, followed, exported and deleted.</summary>
internal static class EventRoutes
{
    private const string At = "/api/events";
    private const string Refused = "Deleting an event needs an operator's token for its room, or the API key.";

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(At, ListAsync);
        routes.MapMethods(At + "/export", DownloadMethods.All, Export);
        routes.MapGet(At + "/stream", Stream);
        routes.MapGet(At + "/{id}", FindAsync);
        routes.MapMethods(At + "/{id}/thumbnail.jpg", DownloadMethods.All, ThumbnailAsync);
        routes.MapDelete(At + "/{id}", DeleteAsync);
    }

    private static async Task<IResult> ListAsync(
        int? limit, string? after, EventTable events, Access access, StoreWork store, HttpContext http)
    {
        if (EventRequest.Refuse(http.Request, access, out EventSearch search) is { } refused)
        {
            return refused;
        }

        if (EventRequest.RefuseNumber(after, "after", out long? last) is { } wrong)
        {
            return wrong;
        }

        if (PageRequest.Refuse(limit, null, out PageRequest page) is { } bad)
        {
            return bad;
        }

        store.Begin();
        (List<StoredEvent> rows, string? next) = page.Cut(
            await events.ListAsync(search, last, page.Limit + 1, http.RequestAborted),
            one => one.Id.ToString(CultureInfo.InvariantCulture));
        return Results.Ok(new { events = rows.ConvertAll(EventView.Of), next });
    }

    private static IResult Export(string? format, EventTable events, Access access, StoreWork store, HttpContext http)
    {
        if (EventRequest.Refuse(http.Request, access, out EventSearch search) is { } refused)
        {
            return refused;
        }

        if (format is not (null or "jsonl" or "csv"))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "format", "\"format\" is jsonl or csv.");
        }

        store.Begin();
        bool isCsv = format == "csv";
        return Results.Stream(
            stream => EventExport.WriteAsync(events, search, isCsv, stream, http.RequestAborted),
            isCsv ? "text/csv; charset=utf-8" : "application/x-ndjson", isCsv ? "events.csv" : "events.jsonl");
    }

    /// <summary>A client that comes again says with Last-Event-ID where it was.</summary>
    private static IResult Stream(string? after, EventFeed feed, Access access, StoreWork store, HttpContext http)
    {
        if (EventRequest.Refuse(http.Request, access, out EventSearch search) is { } refused)
        {
            return refused;
        }

        string given = http.Request.Headers["Last-Event-ID"].ToString();
        if (EventRequest.RefuseNumber(given.Length > 0 ? given : after, "after", out long? last) is { } wrong)
        {
            return wrong;
        }

        store.Begin();
        return TypedResults.ServerSentEvents(ItemsAsync(feed, search, last, http.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<EventView?>> ItemsAsync(
        EventFeed feed, EventSearch search, long? last, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (StoredEvent? one in feed.WatchAsync(search, last, cancel))
        {
            // Between events a word now and then, so that no proxy takes the connection for dead.
            yield return one is null
                ? new SseItem<EventView?>(null, "ping")
                : new SseItem<EventView?>(EventView.Of(one), "event") { EventId = one.Id.ToString(CultureInfo.InvariantCulture) };
        }
    }

    private static async Task<IResult> FindAsync(string id, EventTable events, Access access, HttpContext http) =>
        await EventAsync(id, events, access, http) is { } found ? Results.Ok(EventView.Of(found)) : NoEvent();

    private static async Task<IResult> ThumbnailAsync(string id, EventTable events, Access access, HttpContext http)
    {
        if (await EventAsync(id, events, access, http) is not { HasThumbnail: true } found
            || await events.ThumbnailAsync(found.Id, http.RequestAborted) is not { } jpeg)
        {
            return NoEvent();
        }

        http.Response.Headers.CacheControl = "private, max-age=86400";
        return Results.Bytes(jpeg, "image/jpeg");
    }

    private static async Task<IResult> DeleteAsync(string id, EventTable events, Access access, HttpContext http)
    {
        if (await EventAsync(id, events, access, http) is not { } found)
        {
            return NoEvent();
        }

        if (access.RefuseChange(http.Request, found.Room, Refused) is { } refused)
        {
            return refused;
        }

        await events.DeleteAsync(found.Id, http.RequestAborted);
        return Results.NoContent();
    }

    /// <summary>Null where there is none, or it happened in a room that this request may not see.</summary>
    private static async Task<StoredEvent?> EventAsync(string id, EventTable events, Access access, HttpContext http)
    {
        http.RequestServices.GetRequiredService<StoreWork>().Begin();
        return EventRequest.RefuseNumber(id, "id", out long? number) is null
            && await events.FindAsync(number!.Value, http.RequestAborted) is { } found
            && EventRequest.MaySee(access, http.Request, found.Room)
                ? found
                : null;
    }

    private static IResult NoEvent() => Problems.Of(StatusCodes.Status404NotFound, "unknown_event", "There is no such event.");
}
