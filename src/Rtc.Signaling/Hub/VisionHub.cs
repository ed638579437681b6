using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Rtc.Signaling.Messages;

namespace Rtc.Signaling.Hub;

/// <summary>SignalR's face of the rooms: one connection is at most one participant.</summary>
public sealed class VisionHub(ISessions sessions, IHubContext<VisionHub> hub) : Microsoft.AspNetCore.SignalR.Hub
{
    private const string PeerKey = "peer";

    private PeerId? Peer => Context.Items.TryGetValue(PeerKey, out object? peer) ? (PeerId?)peer : null;

    public async Task<JoinReply> Join(JoinRequest request)
    {
        if (Peer is { } earlier)
        {
            await sessions.LeaveAsync(earlier, final: true);
            Context.Items.Remove(PeerKey);
        }

        string address = Context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress?.ToString() ?? "unknown";
        JoinReply reply = Take(await sessions.JoinAsync(request ?? new(), new HubLink(hub.Clients.Client(Context.ConnectionId)), address));
        Context.Items[PeerKey] = new PeerId(reply.PeerId);
        return reply;
    }

    public async Task<OfferReply> Offer(OfferRequest request) => Take(await sessions.OfferAsync(Joined(), request?.Sdp));

    public async Task Candidate(CandidateRequest request) =>
        Allow(await sessions.CandidateAsync(Joined(), request?.Candidate, request?.SdpMid));

    /// <summary>Drops the client's peer connection; its next offer begins a new one. (An ICE restart is simply another offer.)</summary>
    public async Task Restart() => Allow(await sessions.RestartAsync(Joined()));

    public async Task Select(SelectRequest request) => Allow(await sessions.SelectAsync(Joined(), request ?? new()));

    public async Task Release() => Allow(await sessions.ReleaseAsync(Joined()));

    public async Task Configure(SettingsMessage settings) => Allow(await sessions.ConfigureAsync(Joined(), settings ?? new()));

    public async Task Leave()
    {
        if (Peer is { } peer)
        {
            Context.Items.Remove(PeerKey);
            await sessions.LeaveAsync(peer, final: true);
        }
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (Peer is { } peer)
        {
            await sessions.LeaveAsync(peer, final: false);
        }
    }

    private PeerId Joined() => Peer ?? throw Refused(Refusal.NotJoined);

    private static T Take<T>(Outcome<T> outcome)
        where T : class => outcome.Refusal is { } refusal ? throw Refused(refusal) : outcome.Value!;

    private static void Allow(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw Refused(refusal);
        }
    }

    private static HubException Refused(Refusal refusal) => new($"{refusal.Code}: {refusal.Message}");

    private sealed class HubLink(IClientProxy client) : IMemberLink
    {
        public void Send(string method, object message) => _ = client.SendAsync(method, message);
    }
}
