using Rtc.Signaling.Messages;

namespace Rtc.Signaling;

/// <summary>The way back to a participant outside of its peer connection; SignalR's connection is one, a WHIP client has none.</summary>
public interface IMemberLink
{
    void Send(string method, object message);
}

/// <summary>What a participant asks of the rooms, whichever way the request came. Safe to call from any thread.</summary>
public interface ISessions
{
    /// <summary>
    /// Null where a join of this request is this node's to answer; else where to go, or why nobody can say. Asked before anything of
    /// the request's body is read.
    /// </summary>
    Task<Refusal?> PlaceAsync(JoinRequest request, string remoteAddress) => Task.FromResult<Refusal?>(null);

    Task<Outcome<JoinReply>> JoinAsync(JoinRequest request, IMemberLink? link, string remoteAddress);

    /// <summary>Answers an offer: the first one, a renegotiation, or an ICE restart.</summary>
    Task<Outcome<OfferReply>> OfferAsync(PeerId peer, string? sdp);

    Task<Refusal?> CandidateAsync(PeerId peer, string? candidate, string? mid);

    /// <summary>Ends the participant's peer connection and keeps its place: the next offer begins a new one.</summary>
    Task<Refusal?> RestartAsync(PeerId peer);

    Task<Refusal?> SelectAsync(PeerId peer, SelectRequest request);

    Task<Refusal?> ReleaseAsync(PeerId peer);

    Task<Refusal?> ConfigureAsync(PeerId peer, SettingsMessage settings);

    /// <summary>The participant detects itself, and this is what it found in one picture.</summary>
    Task<Refusal?> ReportAsync(PeerId peer, ReportedDetections report);

    /// <summary>The participant stops detecting: the server goes on.</summary>
    Task<Refusal?> HandOverAsync(PeerId peer);

    /// <summary>
    /// The participant is gone; <paramref name="final"/> is false where it may come back (its connection broke). Nothing
    /// happens where it has returned over another link since: an old connection is often the last to notice that it died.
    /// </summary>
    Task LeaveAsync(PeerId peer, IMemberLink? link, bool final);

    /// <summary>A refusal where the session's address leads to no such participant in that room and role, now or a moment ago.</summary>
    Task<Refusal?> FindAsync(SessionAddress address);

    /// <summary>
    /// Adds a fragment's candidates, or restarts ICE where it brings other credentials; <paramref name="ifMatch"/> has to
    /// name the current generation. The reply holds the answer's fragment after a restart only.
    /// </summary>
    Task<Outcome<TrickleReply>> TrickleAsync(SessionAddress address, TrickleFragment fragment, string? ifMatch);

    /// <summary>Whether a join of that room with that token would be let in; asking counts as nothing.</summary>
    bool MayJoin(string room, Role role, string? token);

    /// <summary>
    /// STUN and TURN servers for one client; where the server shares a secret with a relay, the credentials are made for this call.
    /// </summary>
    IReadOnlyList<IceServer> CreateIceServers();
}
