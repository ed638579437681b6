using System.Net;
using Rtc.Peer;
using Rtc.Peer.Sdp;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;
using Rtc.Signaling.Whip;

namespace Rtc.Server.Rooms;

/// <summary>Descriptions and candidates of members, from the hub and from WHIP. Belongs to the media loop.</summary>
internal sealed class RoomOffers(
    RoomDirectory directory,
    RoomCapacity capacity,
    PeerFactory peers,
    IAdmission admission,
    MediaLoop loop,
    int maxSdpBytes,
    RtcMetrics metrics)
{
    public Outcome<OfferReply> Offer(PeerId id, string? sdp)
    {
        if (!directory.TryFind(id, out Room? room, out RoomMember? member))
        {
            return Refusal.UnknownSession;
        }

        if (Refuse(room, member, sdp ??= string.Empty) is { } refused)
        {
            return refused;
        }

        OfferIdentity offered = OfferIdentity.Of(sdp);
        if (member.Port is not null && member.Offered is { } earlier && !offered.IsSameConnectionAs(earlier))
        {
            // The client began afresh.
            room.Unplug(member);
        }

        bool isNew = member.Port is null;
        WebRtcPeer peer = member.Port?.Peer ?? peers.Create(loop.Clock, IsLoopback(member.RemoteAddress));
        if (Answer(peer, member, sdp, isNew, out string answer) is { } unusable)
        {
            if (isNew)
            {
                peer.Dispose();
            }

            return unusable;
        }

        MediaSection? receives = Receiving(peer);
        MediaSection? sends = Sending(peer);
        member.Offered = offered;
        member.Negotiated = (sdp, answer);
        member.ReceiveMid = receives?.Mid;
        member.SendMid = sends?.Mid;
        member.Codecs = [.. sends?.Codecs.Select(codec => codec.Codec) ?? []];
        room.Plug(member, peer);
        return new OfferReply(answer);
    }

    /// <summary>What speaks against an offer before it is read.</summary>
    private Refusal? Refuse(Room room, RoomMember member, string sdp)
    {
        if (member.Feed is null && admission.AdmitOffer(member.RemoteAddress) is { } turnedAway)
        {
            return turnedAway;
        }

        if (string.IsNullOrWhiteSpace(sdp))
        {
            return new Refusal("bad_sdp", "The offer is empty.");
        }

        if (sdp.Length > maxSdpBytes)
        {
            metrics.Refused("size");
            return Refusal.SdpTooLarge(maxSdpBytes);
        }

        return room.Feed is not null || room.Members.IsHeld ? null : capacity.RoomsFull();
    }

    /// <summary>Null where the peer answers and, at its first offer, has what its member's role needs.</summary>
    private Refusal? Answer(WebRtcPeer peer, RoomMember member, string sdp, bool isNew, out string answer)
    {
        var policy = new AnswerPolicy
        {
            ReceiveVideo = member.Role == Role.Phone,
            MaxReceivedVideo = 1,
            SendVideo = true,
            AcceptDataChannels = true,
            RequireCodec = true,
            Codecs = PeerFactory.CodecsFor(sdp),
        };
        if (!peer.TryAnswer(loop.Clock.Now, sdp, policy, out answer, out string? problem))
        {
            return new Refusal("bad_sdp", problem ?? "That is not a session description.");
        }

        if (!isNew)
        {
            // The peer has taken the offer on: a refusal would leave its client with another state than ours. Video may pause.
            return null;
        }

        bool hasData = peer.Sections.Any(section => section.Kind == MediaKind.Data && !section.Rejected);
        return member.Role switch
        {
            Role.Phone when Receiving(peer) is null => new Refusal("no_video", "The offer has no video that could be received."),
            Role.Viewer when Sending(peer) is null && !hasData =>
                new Refusal("no_video", "The offer asks for no video and no data channel."),
            _ => null,
        };
    }

    private static MediaSection? Receiving(WebRtcPeer peer) =>
        peer.Sections.FirstOrDefault(section => section.Kind == MediaKind.Video && section.Receives);

    private static MediaSection? Sending(WebRtcPeer peer) =>
        peer.Sections.FirstOrDefault(section => section.Kind == MediaKind.Video && section.Sends);

    public Outcome<TrickleReply> Trickle(SessionAddress address, TrickleFragment fragment, string? ifMatch)
    {
        if (directory.Find(address) is not { } member)
        {
            return Refusal.UnknownSession;
        }

        if (member is not { Port: { } port, Negotiated: { } negotiated })
        {
            return new Refusal("no_offer", "The session has no connection.", 409);
        }

        if (string.IsNullOrEmpty(ifMatch))
        {
            return new Refusal("precondition_required", "Name the session's ETag in If-Match, or \"*\" to restart ICE.", 428);
        }

        string tag = IceGeneration.EntityTag(negotiated.Answer);
        if (!IceGeneration.IsNamedBy(ifMatch, tag))
        {
            return new Refusal("precondition_failed", "The session's ICE has moved on.", 412);
        }

        // Before anything is done: a restart cannot be taken back.
        if (!fragment.Candidates.All(candidate => WebRtcPeer.IsCandidate(candidate.Candidate)))
        {
            return BadCandidate(null);
        }

        string? ours = null;
        if (IceGeneration.IsRestart(negotiated.Offer, fragment))
        {
            Outcome<OfferReply> answered = Offer(member.Id, IceGeneration.Restarted(negotiated.Offer, fragment));
            if (answered.Refusal is { } refusal)
            {
                return refusal;
            }

            tag = IceGeneration.EntityTag(answered.Value!.Sdp);
            ours = IceGeneration.Fragment(answered.Value.Sdp);
        }

        foreach ((string candidate, string? mid) in fragment.Candidates)
        {
            if (AddCandidate(port, candidate, mid) is { } refused)
            {
                return refused;
            }
        }

        loop.Flush(port);
        return new TrickleReply(tag, ours);
    }

    public Refusal? AddCandidate(RoomMember member, string? candidate, string? mid)
    {
        if (member.Port is not { } port)
        {
            return new Refusal("no_offer", "Send an offer before its candidates.", 409);
        }

        if (string.IsNullOrEmpty(candidate))
        {
            return null;
        }

        if (AddCandidate(port, candidate, mid) is { } refusal)
        {
            return refusal;
        }

        loop.Flush(port);
        return null;
    }

    private Refusal? AddCandidate(PeerSlot port, string candidate, string? mid) =>
        port.Peer.TryAddRemoteCandidate(loop.Clock.Now, candidate, mid, out string? problem)
            ? null
            : BadCandidate(problem);

    private static Refusal BadCandidate(string? problem) => new("bad_candidate", problem ?? "That is not a candidate.");

    private static bool IsLoopback(string address) => IPAddress.TryParse(address, out IPAddress? parsed) && IPAddress.IsLoopback(parsed);
}
