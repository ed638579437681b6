using Rtc.Server.Authorization;

namespace Rtc.Server.Authorization;

/// <summary>The link that lets somebody into a room: the page of the role, the room, and a token where one is needed.</summary>
internal static class JoinLink
{
    public static Uri Of(Uri at, string room, JoinRole role, string? token)
    {
        string page = role == JoinRole.Phone ? "/phone" : "/view";
        string query = "?room=" + Uri.EscapeDataString(room) + (token is null ? string.Empty : "&token=" + Uri.EscapeDataString(token));
        return new Uri(at, page + query);
    }
}
