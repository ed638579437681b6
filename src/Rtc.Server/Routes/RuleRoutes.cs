using Rtc.Jobs;
using Rtc.Pipeline.Rules;
using Rtc.Pipeline.Settings;
using Rtc.Server.Accounts;
using Rtc.Server.Authorization;
using Rtc.Server.Events;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Rules;
using Rtc.Signaling;
using Rtc.Store.Users;

namespace Rtc.Server.Routes;

/// <summary>A room's rules, by its name: the room need not be on air.</summary>
internal static class RuleRoutes
{
    private const string All = "/api/rooms/{room}/rules";
    private const string One = All + "/{rule}";
    private const string Refused = "Changing a room's rules needs an operator's token or the API key.";

    public static void MapRules(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, List);
        routes.MapPut(One, PutAsync).RequireMemory().RequireRoomChange(Refused);
        routes.MapDelete(One, DeleteAsync).RequireRoomChange(Refused);
    }

    private static IResult List(string room, RuleBook book, Access access, HttpRequest request)
    {
        if (!RoomName.TryParse(room, out RoomName name))
        {
            return BadRoom();
        }

        if (!access.MaySee(request, room))
        {
            return ApiRoutes.NoRoom();
        }

        // Who may not change a rule need not know whom it tells: such an address may be a secret.
        bool mayChange = access.RefuseChange(request, room, Refused) is null;
        return Results.Ok(new { rules = (book.Find(name)?.All ?? []).Select(rule => RuleView.Of(name, rule, mayChange)).ToArray() });
    }

    private static async Task<IResult> PutAsync(
        string room, string rule, RuleDefinition wanted, RuleBook book, RuleShelf shelf, RoomRegistry rooms, RtcOptions options,
        WebhookOptions webhooks, HttpContext http)
    {
        if (!RoomName.TryParse(room, out RoomName name))
        {
            return BadRoom();
        }

        if (wanted is { Zone: { } zone, Points: null })
        {
            wanted = wanted with { Points = await PlaceOfAsync(rooms, room, zone) ?? book.Find(name)?.Find(rule)?.Definition.Points };
        }

        string? wrong = RuleReading.Read(rule, wanted, out Rule? read, out RuleActions? actions);
        if (wrong is null && actions!.Webhook is not null && webhooks.Key is null)
        {
            wrong = "This server posts nothing: \"webhook\" needs Jobs:WebhookKey";
        }

        if (wrong is not null)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "rule", $"{wrong}.");
        }

        if (await http.OwnerAsync() is not { } owner)
        {
            return Problems.Of(StatusCodes.Status401Unauthorized, "user_key", "This key is none of a user's.");
        }

        bool isNew = book.Find(name)?.Find(rule) is null;
        if (await shelf.PutAsync(name, read!, actions!, wanted, owner.Id, http.RequestAborted) is not { } kept)
        {
            return Problems.Of(
                StatusCodes.Status409Conflict, "limit",
                $"A room has {options.Events.MaxRulesPerRoom} rules at most (Events:MaxRulesPerRoom).");
        }

        RuleView view = RuleView.Of(name, kept, withWebhook: true);
        return isNew ? Results.Created($"/api/rooms/{room}/rules/{rule}", view) : Results.Ok(view);
    }

    private static async Task<IResult> DeleteAsync(string room, string rule, RuleShelf shelf, StoreWork store, HttpContext http)
    {
        if (!RoomName.TryParse(room, out RoomName name))
        {
            return BadRoom();
        }

        store.Begin();
        return await shelf.DeleteAsync(name, rule, http.RequestAborted)
            ? Results.NoContent()
            : Problems.Of(StatusCodes.Status404NotFound, "unknown_rule", "There is no such rule.");
    }

    /// <summary>Where the room on air has a zone or line of this name; null where it has none or there is no such room.</summary>
    private static async Task<IReadOnlyList<float[]>?> PlaceOfAsync(RoomRegistry rooms, string room, string zone)
    {
        if (await rooms.FindRoomAsync(room) is not { Pipeline.Settings: { } settings })
        {
            return null;
        }

        IReadOnlyList<PlaceF>? place = settings.Zones.FirstOrDefault(one => one.Name == zone)?.Corners
            ?? (settings.Lines.FirstOrDefault(one => one.Name == zone) is { } line ? [line.A, line.B] : null);
        return place is null ? null : [.. place.Select(point => (float[])[point.X, point.Y])];
    }

    private static IResult BadRoom() => Problems.Of(StatusCodes.Status400BadRequest, "room", $"{RoomName.Rule}.");
}
