using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Rtc.Peer;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Who is in a room, in what role, with what rights and on which peer connection. Belongs to the media loop.</summary>
internal sealed class RoomMembers(MediaLoop loop, RtcMetrics metrics)
{
    private static readonly TimeSpan s_maxSilence = TimeSpan.FromSeconds(2.5);

    private readonly List<RoomMember> _all = [];
    private readonly Dictionary<PeerSlot, RoomMember> _byPort = [];

    public IReadOnlyList<RoomMember> All => _all;

    /// <summary>Somebody in it has made an offer, so it counts as one of the server's rooms.</summary>
    public bool IsHeld => _all.Exists(member => member.Offered is not null);

    /// <summary>Phones that are here now; one that was lost keeps its place for a while, but is not.</summary>
    public int Phones => _all.Count(member => member.Role == Role.Phone && member.LostAt is null);

    /// <summary>
    /// Phones whose place is not free: a phone films thirty times a second, so that one that was on air and has sent nothing
    /// for a while has crashed or lost its way, long before its connection is given up.
    /// </summary>
    public int PhonesAt(Instant now) => _all.Count(member => member.Role == Role.Phone && !HasGone(member, now));

    /// <summary>The phone that came first of those that send or are about to; null where there is none.</summary>
    public RoomMember? OnAir(Instant now) => _all.Find(member => member.Role == Role.Phone && !HasGone(member, now));

    /// <summary>With those who watch by way of other nodes.</summary>
    public int Viewers => _all.Sum(member =>
        member.Role != Role.Viewer || member.LostAt is not null ? 0 : member.Feed?.Audience.Viewers ?? 1);

    /// <summary>Those whom this node serves, each feed to another node as one.</summary>
    public int ViewersHere => _all.Count(member => member.Role == Role.Viewer && member.LostAt is null);

    /// <summary>With those that were lost and may return; a feed takes no viewer's place.</summary>
    public int ViewerPlaces => _all.Count(member => member is { Role: Role.Viewer, Feed: null });

    public void Add(RoomMember member) => _all.Add(member);

    public bool Remove(RoomMember member) => _all.Remove(member);

    public void Clear() => _all.Clear();

    public bool TryFind(PeerSlot port, [NotNullWhen(true)] out RoomMember? member) => _byPort.TryGetValue(port, out member);

    /// <summary>The member that knows this secret, or null.</summary>
    public RoomMember? FindReturning(Role role, string resume)
    {
        byte[] shown = Encoding.UTF8.GetBytes(resume);
        return _all.Find(member =>
            member.Role == role && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(member.Resume), shown));
    }

    /// <summary>The phone that joined with a token of this hash, or null.</summary>
    public RoomMember? FindPhone(byte[]? tokenHash) => tokenHash is null ? null : _all.Find(member =>
        member.Role == Role.Phone && member.TokenHash is { } hash && hash.AsSpan().SequenceEqual(tokenHash));

    /// <summary>
    /// The phones that go so that one more keeps within <paramref name="limit"/>: first the one that <paramref name="same"/>
    /// names, then those that dropped or fell silent, then the ones that came first.
    /// </summary>
    public RoomMember[] PhonesOver(int limit, RoomMember? same, Instant now)
    {
        RoomMember[] phones =
        [
            .. _all.Where(member => member.Role == Role.Phone)
                .OrderBy(member => member != same)
                .ThenBy(member => !HasGone(member, now))
                .ThenBy(member => member.JoinedAt),
        ];
        return [.. phones.Take(phones.Length - limit + 1)];
    }

    /// <summary>Null where the member may change the room, which all may but watchers.</summary>
    public Refusal? RefuseWatcher(RoomMember member)
    {
        if (member.Rights != Rights.Watcher)
        {
            return null;
        }

        metrics.Refused("rights");
        return Refusal.WatchersOnlyWatch;
    }

    private static bool HasGone(RoomMember member, Instant now) =>
        member.LostAt is not null || (member.PictureAt is { } last && now - last > s_maxSilence);

    /// <summary>Puts a new peer on the loop, for <paramref name="owner"/> to hear of, and sends what the peer has to say.</summary>
    public void Connect(RoomMember member, WebRtcPeer peer, IPeerOwner owner)
    {
        if (member.Port is null)
        {
            member.Port = loop.Add(peer, owner);
            _byPort[member.Port] = member;
        }

        loop.Flush(member.Port);
    }

    /// <summary>Ends the member's peer connection; false where it had none.</summary>
    public bool Disconnect(RoomMember member)
    {
        if (member.Port is not { } port)
        {
            return false;
        }

        _byPort.Remove(port);
        member.Unplug();
        loop.Remove(port);
        return true;
    }
}
