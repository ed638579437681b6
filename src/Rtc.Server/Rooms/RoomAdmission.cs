using System.Net;
using Rtc.Server.Authorization;
using Rtc.Server.Limits;
using Rtc.Server.Load;
using Rtc.Server.Metrics;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Join tokens, rate limits, the server's load and its end, as the rooms ask for them.</summary>
internal sealed class RoomAdmission(Access access, ClientLimits limits, RtcMetrics metrics, ServerLoad load, DrainState drain) : IAdmission
{
    public Refusal? Admit(RoomName room, Role role, string? token, string remoteAddress, out Rights rights)
    {
        rights = Rights.Watcher;
        if (!limits.TryJoin(Parse(remoteAddress)))
        {
            metrics.Refused("rate");
            return new Refusal("too_many_requests", "Too many joins from this address (Limits:JoinsPerMinute).", 429);
        }

        TokenVerdict verdict = access.CheckJoin(token, room.ToString(), Wanted(role), out rights);
        if (verdict == TokenVerdict.Accepted)
        {
            return null;
        }

        metrics.Refused("token");
        return verdict switch
        {
            TokenVerdict.Missing => new Refusal("token_required", "This server asks for a join token.", 401),
            TokenVerdict.Expired => new Refusal("token_expired", "The join token has expired.", 401),
            TokenVerdict.OtherRoom or TokenVerdict.OtherRole =>
                new Refusal("forbidden", "The join token is for another room or role.", 403),
            _ => new Refusal("token_invalid", "The join token is not valid.", 401),
        };
    }

    public Refusal? AdmitNew(bool opensRoom)
    {
        if (opensRoom && drain.IsDraining)
        {
            metrics.Refused("draining");
            return new Refusal("draining", "The server is about to stop and opens no new room.", 503);
        }

        if ((opensRoom ? load.Refusal : load.MemberRefusal) is { } refusal)
        {
            metrics.Refused("load");
            return refusal;
        }

        return null;
    }

    public bool Knows(RoomName room, Role role, string? token) =>
        access.CheckJoin(token, room.ToString(), Wanted(role)) == TokenVerdict.Accepted;

    public Refusal? AdmitOffer(string remoteAddress)
    {
        if (limits.TryOffer(Parse(remoteAddress)))
        {
            return null;
        }

        metrics.Refused("rate");
        return new Refusal("too_many_requests", "Too many offers from this address (Limits:OffersPerMinute).", 429);
    }

    private static JoinRole Wanted(Role role) => role == Role.Phone ? JoinRole.Phone : JoinRole.Viewer;

    private static IPAddress? Parse(string address) => IPAddress.TryParse(address, out IPAddress? parsed) ? parsed : null;
}
