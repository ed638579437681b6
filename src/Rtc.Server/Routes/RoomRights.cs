using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Signaling;

namespace Rtc.Server.Routes;

/// <summary>Who may change a room over HTTP: whoever may set its settings from the viewer's page, or holds the API key.</summary>
internal static class RoomRights
{
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
