using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Signaling;

namespace Rtc.Server.Routes;

/// <summary>Who may change a room over HTTP: whoever may set its settings from the viewer's page, or holds the API key.</summary>
internal static class RoomRights
{
    /// <summary>For a route of one "{room}": asked before the body is read, so that nobody else learns what a good one is.</summary>
    public static RouteHandlerBuilder RequireRoomChange(this RouteHandlerBuilder route, string detail) => route.Guard(context =>
        context.RequestServices.GetRequiredService<Access>().RefuseChange(context.Request, RoomOf(context), detail));

    internal static string RoomOf(HttpContext context) => (string?)context.GetRouteValue("room") ?? string.Empty;

    /// <summary>Null where this request may.</summary>
    public static IResult? RefuseChange(this Access access, HttpRequest request, string room, string detail)
    {
        if (!access.TokensRequired || access.MaySeeAll(request))
        {
            return null;
        }

        bool isKnown =
            access.CheckJoin(Access.TokenOf(request), room, JoinRole.Viewer, out Rights rights) == TokenVerdict.Accepted;
        return isKnown && rights is Rights.Operator or Rights.Supervisor
            ? null
            : Problems.Of(StatusCodes.Status403Forbidden, "forbidden", detail);
    }
}
