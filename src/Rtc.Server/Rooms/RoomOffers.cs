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

        if (admission.AdmitOffer(member.RemoteAddress) is { } turnedAway)
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

        if (!room.Members.IsHeld && capacity.RoomsFull() is { } full)
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
        WebRtcPeer peer = member.Port?.Peer ?? peers.Create(loop.Clock, IsLoopback(member.RemoteAddress), sdp);
        var policy =
            new AnswerPolicy { ReceiveVideo = member.Role == Role.Phone, SendVideo = true, AcceptDataChannels = true, RequireCodec = true };
        if (!peer.TryAnswer(loop.Clock.Now, sdp, policy, out string answer, out string? problem))
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
        string? missing = member.Role == Role.Phone && receives is null ? "The offer has no video that could be received."
            : member.Role == Role.Viewer && sends is null && !hasData ? "The offer asks for no video and no data channel."
            : null;
        if (missing is not null)
        {
            if (isNew)
            {
                peer.Dispose();
            }

            return new Refusal("no_video", missing);
        }

        member.Offered = offered;
        member.Negotiated = (sdp, answer);
        member.ReceiveMid = receives?.Mid;
        member.SendMid = sends?.Mid;
        member.SendCodecs = [.. sends?.Codecs.Select(codec => codec.Codec) ?? []];
        room.Plug(member, peer);
        return new OfferReply(answer);
    }

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
