using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rtc.Signaling.Messages;

namespace Rtc.Signaling.Whip;

/// <summary>
/// WHIP (RFC 9725) and its sibling WHEP: signalling for every client that is not a page of ours. An offer is
/// posted, the answer comes back with the address of the session, where candidates are added and the session ends.
/// </summary>
public static class SdpEndpoints
{
    private const string SdpType = "application/sdp";
    private const string FragmentType = "application/trickle-ice-sdpfrag";
    private const string RetryAfterSeconds = "10";

    /// <summary>
    /// "false" has another node's address come as a problem. A browser sent there by 307 would leave the token behind, and another site's
    /// page would come with the origin null, which no list of origins has; and it keeps the address from the page.
    /// </summary>
    private const string FollowParameter = "follow";

    public static void MapWhip(this IEndpointRouteBuilder routes, SdpBodies bodies)
    {
        Map(routes, "/whip", Role.Phone, bodies);
        Map(routes, "/whep", Role.Viewer, bodies);
    }

    private static void Map(IEndpointRouteBuilder routes, string prefix, Role role, SdpBodies bodies)
    {
        routes.MapPost(
            prefix + "/{room}",
            (HttpContext http, string room, ISessions sessions) => CreateAsync(http, prefix, room, role, sessions, bodies));
        routes.MapMethods(prefix + "/{room}", [HttpMethods.Options], (HttpContext http, string room, ISessions sessions) =>
        {
            http.Response.Headers["Accept-Post"] = SdpType;
            if (sessions.MayJoin(room, role, BearerToken(http)))
            {
                // A TURN server's password is nothing for strangers.
                AddIceServers(http, sessions);
            }

            return Results.NoContent();
        });
        routes.MapMethods(prefix + "/{room}/{peer}", [HttpMethods.Options], (HttpContext http) =>
        {
            http.Response.Headers["Accept-Patch"] = FragmentType;
            return Results.NoContent();
        });
        routes.MapPatch(prefix + "/{room}/{peer}", (HttpContext http, string room, string peer, ISessions sessions) =>
            PatchAsync(http, new SessionAddress(room, role, new PeerId(peer)), sessions, bodies));
        routes.MapDelete(prefix + "/{room}/{peer}", async (HttpContext http, string room, string peer, ISessions sessions) =>
        {
            var address = new SessionAddress(room, role, new PeerId(peer));
            if (await sessions.FindAsync(address) is { } unknown)
            {
                return Problem(http, unknown);
            }

            await sessions.LeaveAsync(address.Peer, link: null, final: true);
            return Results.Ok();
        });
    }

    private static async Task<IResult> CreateAsync(
        HttpContext http, string prefix, string room, Role role, ISessions sessions, SdpBodies bodies)
    {
        if (!HasType(http, SdpType))
        {
            return Problem(
                http, new Refusal("unsupported_media_type", $"Post the offer as {SdpType}.", StatusCodes.Status415UnsupportedMediaType));
        }

        JoinRequest request = RequestOf(http, room, role);
        string address = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (await sessions.PlaceAsync(request, address) is { } notHere)
        {
            return Problem(http, notHere);
        }

        if (!sessions.MayJoin(room, role, request.Token)
            && (await sessions.JoinAsync(request, link: null, address)).Refusal is { } stranger)
        {
            // The join counts the attempt and names the reason; not a byte of the body was kept.
            return Problem(http, stranger);
        }

        Outcome<string> offer = await bodies.ReadAsync(http.Request);
        if (offer.Refusal is { } unread)
        {
            return Problem(http, unread);
        }

        Outcome<JoinReply> joined = await sessions.JoinAsync(request, link: null, address);
        if (joined.Refusal is { } refused)
        {
            return Problem(http, refused);
        }

        var peer = new PeerId(joined.Value!.PeerId);
        Refusal? mode = http.Request.Query["mode"].FirstOrDefault() is { Length: > 0 } wanted
            ? await sessions.ConfigureAsync(peer, new SettingsMessage { Mode = wanted })
            : null;
        Outcome<OfferReply> answered = mode is not null ? mode : await sessions.OfferAsync(peer, offer.Value);
        if (answered.Refusal is { } refusal)
        {
            await sessions.LeaveAsync(peer, link: null, final: true);
            return Problem(http, refusal);
        }

        AddIceServers(http, sessions);
        return Created(http, $"{prefix}/{room}/{peer}", joined.Value.Node, answered.Value!.Sdp);
    }

    private static JoinRequest RequestOf(HttpContext http, string room, Role role)
    {
        IQueryCollection query = http.Request.Query;
        return new JoinRequest
        {
            Room = room,
            Role = role == Role.Phone ? "phone" : "viewer",
            View = query["view"].FirstOrDefault(),
            Name = query["name"].FirstOrDefault(),
            Takeover = query["takeover"].FirstOrDefault() is "true" or "1",
            Token = BearerToken(http),
            Node = query[NodePlace.Parameter].FirstOrDefault(),
        };
    }

    private static IResult Created(HttpContext http, string place, string? node, string answer)
    {
        http.Response.Headers.Location =
            place + (node is null ? string.Empty : $"?{NodePlace.Parameter}={Uri.EscapeDataString(node)}");
        http.Response.Headers.ETag = IceGeneration.EntityTag(answer);
        http.Response.Headers["Accept-Patch"] = FragmentType;
        return Results.Text(answer, SdpType, Encoding.UTF8, StatusCodes.Status201Created);
    }

    private static async Task<IResult> PatchAsync(HttpContext http, SessionAddress address, ISessions sessions, SdpBodies bodies)
    {
        if (!HasType(http, FragmentType))
        {
            http.Response.Headers["Accept-Patch"] = FragmentType;
            return Problem(
                http, new Refusal("unsupported_media_type", $"Patch with {FragmentType}.", StatusCodes.Status415UnsupportedMediaType));
        }

        if (await sessions.FindAsync(address) is { } unknown)
        {
            return Problem(http, unknown);
        }

        Outcome<string> text = await bodies.ReadAsync(http.Request);
        if (text.Refusal is { } unread)
        {
            return Problem(http, unread);
        }

        if (!TrickleFragment.TryParse(text.Value!, out TrickleFragment? fragment, out string? problem))
        {
            return Problem(http, new Refusal("bad_fragment", problem));
        }

        Outcome<TrickleReply> done = await sessions.TrickleAsync(address, fragment, http.Request.Headers.IfMatch.ToString());
        if (done.Refusal is { } refusal)
        {
            return Problem(http, refusal);
        }

        if (done.Value!.Fragment is not { } ours)
        {
            return Results.NoContent();
        }

        http.Response.Headers.ETag = done.Value.EntityTag;
        return Results.Text(ours, FragmentType);
    }

    private static IResult Problem(HttpContext http, Refusal refusal)
    {
        if (refusal.Elsewhere is { } place)
        {
            IEnumerable<KeyValuePair<string, string?>> query =
                http.Request.Query.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value)));
            string there = place.At(http.Request.Path, query).AbsoluteUri;
            if (query.Any(pair => pair is { Key: FollowParameter, Value: "false" or "0" }))
            {
                http.Response.Headers.Location = there;
                return Results.Problem(refusal.Message, statusCode: StatusCodes.Status409Conflict, title: refusal.Code);
            }

            // 307: the same method and body. A client that follows it posts the offer again, so nothing of it was read here.
            return Results.Redirect(there, permanent: false, preserveMethod: true);
        }

        if (refusal.HttpStatus == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }
        else if (refusal.HttpStatus is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        if (refusal.HttpStatus is StatusCodes.Status413PayloadTooLarge or StatusCodes.Status408RequestTimeout)
        {
            // The rest of the body stays unread, so the connection can carry no further request; a client has to know.
            http.Response.Headers.Connection = "close";
        }

        Dictionary<string, object?>? onAir = refusal.OnAir is { } camera
            ? new() { ["on_air"] = camera.Name, ["free_room"] = camera.FreeRoom }
            : null;
        return Results.Problem(refusal.Message, statusCode: refusal.HttpStatus, title: refusal.Code, extensions: onAir);
    }

    private static bool HasType(HttpContext http, string type) =>
        http.Request.ContentType is { } given && given.Split(';')[0].Trim().Equals(type, StringComparison.OrdinalIgnoreCase);

    private static string? BearerToken(HttpContext http) =>
        http.Request.Headers.Authorization.FirstOrDefault() is { } header
            && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header[7..].Trim()
            : null;

    private static void AddIceServers(HttpContext http, ISessions sessions)
    {
        foreach (IceServer server in sessions.CreateIceServers())
        {
            foreach (string url in server.Urls)
            {
                string login = server.Username is null
                    ? string.Empty
                    : $"; username=\"{server.Username}\"; credential=\"{server.Credential}\"; credential-type=\"password\"";
                http.Response.Headers.Append("Link", $"<{url}>; rel=\"ice-server\"{login}");
            }
        }
    }
}
