using System.Globalization;
using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Signaling;
using Rtc.Store.Events;

namespace Rtc.Server.Routes;

/// <summary>
/// What events a request is about, and whether it may see them: those of a room with a token for it, all with the API key.
/// </summary>
internal static class EventRequest
{
    private const int MaxLength = 100;

    /// <summary>Null where the search may be made; else the answer.</summary>
    public static IResult? Refuse(HttpRequest request, Access access, out EventSearch search)
    {
        search = new EventSearch();
        string? room = Text(request, "room");
        if (room is not null && !RoomName.TryParse(room, out _))
        {
            return Bad("room", $"{RoomName.Rule}.");
        }

        if (!MaySee(access, request, room))
        {
            return NotSeen();
        }

        if (!TryTime(request, "from", out DateTimeOffset? from) || !TryTime(request, "to", out DateTimeOffset? to))
        {
            return Bad("time", "\"from\" and \"to\" are times like 2026-01-01T08:00:00Z.");
        }

        search = new EventSearch(room, Text(request, "class"), Text(request, "rule"), from, to);
        if (search.Class?.Contains('\0', StringComparison.Ordinal) == true || search.Rule?.Contains('\0', StringComparison.Ordinal) == true)
        {
            return Bad("text", "\"class\" and \"rule\" hold no NUL.");
        }

        return search is { Class.Length: > MaxLength } or { Rule.Length: > MaxLength }
            ? Bad("length", $"\"class\" and \"rule\" have {MaxLength} characters at most.")
            : null;
    }

    /// <summary>A number of an event in the query; null where it is missing.</summary>
    public static IResult? RefuseNumber(string? given, string name, out long? number)
    {
        number = null;
        if (given is not { Length: > 0 })
        {
            return null;
        }

        bool isNumber = long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out long parsed);
        number = isNumber ? parsed : null;
        return isNumber ? null : Bad(name, $"\"{name}\" is the number of an event.");
    }

    public static bool MaySee(Access access, HttpRequest request, string? room) =>
        room is null ? access.MaySeeAll(request) : access.MaySee(request, room);

    public static IResult NotSeen() => Problems.Of(
        StatusCodes.Status403Forbidden, "forbidden",
        "Events of a room need a token for it and its name in \"room\"; all of them the API key.");

    private static string? Text(HttpRequest request, string name) =>
        request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    private static bool TryTime(HttpRequest request, string name, out DateTimeOffset? time)
    {
        time = null;
        if (Text(request, name) is not { } text)
        {
            return true;
        }

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        bool isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out DateTimeOffset parsed);
        time = isTime ? parsed : null;
        return isTime;
    }

    private static IResult Bad(string code, string detail) => Problems.Of(StatusCodes.Status400BadRequest, code, detail);
}
