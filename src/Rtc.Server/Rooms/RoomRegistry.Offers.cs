using Rtc.Peer;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;
using Rtc.Signaling.Whip;

namespace Rtc.Server.Rooms;

/// <summary>Descriptions and candidates of members, from the hub and from WHIP.</summary>
internal sealed partial class RoomRegistry
{
    private Outcome<OfferReply> Offer(PeerId id, string? sdp)
    {
        if (!_members.TryGetValue(id, out (Room Room, RoomMember Member) found))
        {
            return Refusal.UnknownSession;
        }

        if (_admission.AdmitOffer(found.Member.RemoteAddress) is { } turnedAway)
        {
            return turnedAway;
        }

        if (string.IsNullOrWhiteSpace(sdp))
        {
            return new Refusal("bad_sdp", "The offer is empty.");
        }

        if (sdp.Length > _limits.SdpBytes)
        {
            _metrics.Refused("size");
            return Refusal.SdpTooLarge(_limits.SdpBytes);
        }

        (Room room, RoomMember member) = found;
        if (!room.IsHeld && RoomsFull() is { } full)
        {
            return full;
        }

        OfferIdentity offered = OfferIdentity.Of(sdp);
        if (member.Port is not null && member.Offered is { } earlier && !offered.IsSameConnectionAs(earlier))
        {
            // The client began afresh.
            room.Unplug(member);
        }

        bool isNew = member.Port is null;
        WebRtcPeer peer = member.Port?.Peer ?? _peers.Create(_loop.Clock, IsLoopback(member.RemoteAddress), sdp);
        var policy = new AnswerPolicy { ReceiveVideo = member.Role == Role.Phone, SendVideo = true, AcceptDataChannels = true };
        if (!peer.TryAnswer(_loop.Clock.Now, sdp, policy, out string answer, out string? problem))
        {
            if (isNew)
            {
                peer.Dispose();
            }

            return new Refusal("bad_sdp", problem ?? "That is not a session description.");
        }

        MediaSection? receives = peer.Sections.FirstOrDefault(section => section.Kind == MediaKind.Video && section.Receives);
        MediaSection? sends = peer.Sections.FirstOrDefault(section => section.Kind == MediaKind.Video && section.Sends);
        bool hasData = peer.Sections.Any(section => section.Kind == MediaKind.Data && !section.Rejected);
        Refusal? missing = member.Role == Role.Phone && receives is null ? new Refusal("no_video", "The offer has no video that could be received.")
            : member.Role == Role.Viewer && sends is null && !hasData ? new Refusal("no_video", "The offer asks for no video and no data channel.")
            : null;
        if (missing is not null)
        {
            if (isNew)
            {
                peer.Dispose();
            }

            return missing;
        }

        member.Offered = offered;
        member.Negotiated = (sdp, answer);
        member.ReceiveMid = receives?.Mid;
        member.SendMid = sends?.Mid;
        member.SendCodec = sends is { Codecs: [var first, ..] } ? first.Codec : VideoCodec.None;
        member.SendCodecs = [.. sends?.Codecs.Select(codec => codec.Codec) ?? []];
        room.Plug(member, peer);
        return new OfferReply(answer);
    }

    private (RoomMember? Member, Refusal? Refusal) Find(SessionAddress address) =>
        _members.TryGetValue(address.Peer, out (Room Room, RoomMember Member) found)
            && found.Member.Role == address.Role
            && found.Room.Name.ToString() == address.Room
            ? (found.Member, null)
            : (null, Refusal.UnknownSession);

    private Outcome<TrickleReply> Trickle(SessionAddress address, TrickleFragment fragment, string? ifMatch)
    {
        if (Find(address) is not { Member: { } member })
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
        if (ifMatch != "*" && ifMatch != tag)
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

        _loop.Flush(port);
        return new TrickleReply(tag, ours);
    }

    private Refusal? AddCandidate(PeerPort port, string candidate, string? mid) =>
        port.Peer.TryAddRemoteCandidate(_loop.Clock.Now, candidate, mid, out string? problem)
            ? null
            : BadCandidate(problem);

    private static Refusal BadCandidate(string? problem) => new("bad_candidate", problem ?? "That is not a candidate.");

    private static bool IsLoopback(string address) => System.Net.IPAddress.TryParse(address, out System.Net.IPAddress? parsed) && System.Net.IPAddress.IsLoopback(parsed);
}
