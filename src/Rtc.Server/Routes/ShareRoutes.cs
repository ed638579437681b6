using Rtc.Server.Addresses;
using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Rooms;
using Rtc.Signaling;

namespace Rtc.Server.Routes;

/// <summary>What a page of a room asks for others to come in: who is on air, and links that let somebody join.</summary>
internal static class ShareRoutes
{
    private const int DefaultMinutes = 24 * 60;

    public sealed record LinkRequest(string? Rights, int? Minutes);

    public static void MapShare(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/rooms/{room}/cameras", async (string room, RoomRegistry rooms, Access access, HttpRequest request) =>
            access.MaySee(request, room) ? Results.Ok(await rooms.CamerasAsync(room)) : ApiRoutes.NoRoom());
        routes.MapPost("/api/rooms/{room}/links",
            (string room, LinkRequest wanted, Access access, JoinAddresses addresses, TimeProvider clock, HttpRequest request) =>
            Link(room, wanted, access, addresses.ForPhone(request), clock.GetUtcNow(), request)).RequireMemory().Guard(RefuseStranger);
    }

    /// <summary>Asked before the body is read.</summary>
    private static IResult? RefuseStranger(HttpContext context) =>
        context.RequestServices.GetRequiredService<Access>().MaySee(context.Request, RoomRights.RoomOf(context))
            ? null
            : NeedToken();

    private static IResult NeedToken() => Problems.Of(StatusCodes.Status403Forbidden, "forbidden", "This needs a token for the room.");

    /// <summary>
    /// Nobody hands on more than it has, nor for longer: an operator makes links of every kind but a supervisor's, all others
    /// watchers' links, and none outlives the token that asked for it. The API key makes them as it likes.
    /// </summary>
    private static IResult Link(string room, LinkRequest wanted, Access access, Uri at, DateTimeOffset now, HttpRequest request)
    {
        if (!RoomName.TryParse(room, out _))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "room", $"{RoomName.Rule}.");
        }

        if (!JoinRoles.TryRead(null, wanted.Rights ?? "watcher", out JoinRole role, out string problem))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "rights", problem);
        }

        int minutes = wanted.Minutes ?? DefaultMinutes;
        if (TokenRoutes.RefuseMinutes(minutes) is { } refused)
        {
            return refused;
        }

        string? token = null;
        DateTimeOffset? expires = null;
        if (access.TokensRequired)
        {
            bool isAdministrator = access.MaySeeAll(request);
            Rights own = Rights.Operator;
            DateTimeOffset end = DateTimeOffset.MaxValue;
            if (!isAdministrator
                && access.CheckJoin(Access.TokenOf(request), room, JoinRole.Viewer, out own, out end) != TokenVerdict.Accepted)
            {
                // It ran out since the guard let it in.
                return NeedToken();
            }

            if (role == JoinRole.Supervisor && !isAdministrator)
            {
                return Problems.Of(StatusCodes.Status403Forbidden, "forbidden", "Only the API key makes links that lift privacy.");
            }

            if (own != Rights.Operator && role != JoinRole.Viewer)
            {
                return Problems.Of(StatusCodes.Status403Forbidden, "forbidden", $"A {own.Name()}'s token makes links for watchers only.");
            }

            expires = now.AddMinutes(minutes) is var then && then < end ? then : end;
            token = access.IssueToken(room, role, expires.Value - now);
        }

        string url = JoinLink.Of(at, room, role, token).AbsoluteUri;
        return Results.Json(
            new { url, rights = JoinRoles.RightsOf(role).Name(), expires, qr_svg_url = "/api/qr.svg?text=" + Uri.EscapeDataString(url) });
    }
}
