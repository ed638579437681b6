using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Sdp;

namespace Rtc.Peer;

/// <summary>Offer and answer (RFC 9429): descriptions in and out, and what they change below.</summary>
public sealed partial class WebRtcPeer
{
    private string? _fingerprints;

    /// <summary>Also for renegotiation and ICE restart. When it is false nothing has changed and the error says why.</summary>
    public bool TryAnswer(Instant now, string offerSdp, AnswerPolicy policy, out string answerSdp, out string? error)
    {
        ArgumentNullException.ThrowIfNull(policy);
        answerSdp = "";
        if (_closed)
        {
            error = "the peer is closed";
            return false;
        }

        _now = now;
        bool restart = _negotiation.IsIceRestart(offerSdp);
        IceCredentials local = restart ? IceCredentials.Create(_random) : _transport.Ice.Local;
        if (!_negotiation
            .TryAnswer(offerSdp, policy, LocalTransport(local), out string answer, out NegotiatedSession? session, out string refusal))
        {
            error = refusal;
            return false;
        }

        if (restart)
        {
            _transport.Ice.Restart(now, local);
        }

        answerSdp = answer;
        error = null;
        Apply(now, session);
        return true;
    }

    /// <summary>An offer of ours; one that waits for its answer is replaced.</summary>
    public string CreateOffer(Instant now, OfferPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_negotiation.Current is null)
        {
            _transport.Ice.SetControlling(true);
        }
        else if (plan.IceRestart)
        {
            _transport.Ice.Restart(now, IceCredentials.Create(_random));
        }

        return _negotiation.CreateOffer(plan, LocalTransport(_transport.Ice.Local));
    }

    public bool TryAcceptAnswer(Instant now, string answerSdp, out string? error)
    {
        if (_closed)
        {
            error = "the peer is closed";
            return false;
        }

        if (!_negotiation.TryAcceptAnswer(answerSdp, out NegotiatedSession? session, out string refusal))
        {
            error = refusal;
            return false;
        }

        error = null;
        Apply(now, session);
        return true;
    }

    /// <summary>
    /// A trickled candidate, with or without "candidate:" in front. An empty one is the end of candidates. A name instead
    /// of an address is taken and left alone: its owner's check will show the address.
    /// </summary>
    public bool TryAddRemoteCandidate(Instant now, string candidate, string? mid, out string? error)
    {
        error = null;
        if (string.IsNullOrWhiteSpace(candidate))
        {
            return true;
        }

        if (!IceCandidate.TryParse(candidate, out IceCandidate parsed))
        {
            error = "not an ICE candidate";
            return false;
        }

        if (_closed || _negotiation.Current is not { } session)
        {
            error = _closed ? "the peer is closed" : "a candidate came before the description it belongs to";
            return false;
        }

        if (parsed.Ufrag is null || parsed.Ufrag == session.RemoteUfrag)
        {
            Add(now, parsed);
        }

        return true;
    }

    /// <summary>Whether <see cref="TryAddRemoteCandidate"/> would understand it.</summary>
    public static bool IsCandidate(string candidate) => string.IsNullOrWhiteSpace(candidate) || IceCandidate.TryParse(candidate, out _);

    private void Apply(Instant now, NegotiatedSession session)
    {
        IceAgent ice = _transport.Ice;
        if (ice.Remote is null || ice.Remote.Ufrag != session.RemoteUfrag || ice.Remote.Password != session.RemotePassword)
        {
            ice.SetRemote(now, session.RemoteUfrag, session.RemotePassword, session.RemoteIceLite);
        }

        foreach (IceCandidate candidate in session.RemoteCandidates)
        {
            Add(now, candidate);
        }

        string fingerprints = string.Join(' ', session.RemoteFingerprints);
        if (_fingerprints is null)
        {
            _fingerprints = fingerprints;
            _transport.StartDtls(
                now,
                session.LocalDtlsRole == DtlsRole.Client,
                [.. session.RemoteFingerprints.Select(f => new CertificateFingerprint(f.Algorithm, f.Hex))]);
        }
        else if (_fingerprints != fingerprints)
        {
            // Another certificate would be another connection under the same name (RFC 8842 section 4): begin anew.
            End("the certificate changed in a renegotiation");
        }

        ConfigureMedia(now, session.Sections);
        _data.Configure(session);
        _data.Start(now, _negotiation.Current);
        UpdateState(now);
    }

    private void Add(Instant now, IceCandidate candidate)
    {
        if (candidate.Transport is { } address && candidate.Component == 1)
        {
            CandidateKind kind = candidate.Type switch
            {
                IceCandidateType.Host => CandidateKind.Host,
                IceCandidateType.ServerReflexive => CandidateKind.ServerReflexive,
                IceCandidateType.Relay => CandidateKind.Relayed,
                _ => CandidateKind.PeerReflexive,
            };
            _transport.Ice.AddRemoteCandidate(now, address, kind, candidate.Priority);
        }
    }

    private LocalTransport LocalTransport(IceCredentials credentials) => new()
    {
        Ufrag = credentials.Ufrag,
        Password = credentials.Password,
        Sha256Fingerprint = _options.Identity.Sha256Fingerprint,
        IceLite = _options.IceLite,
        CandidateLines = [.. _options.LocalCandidates.Select(CandidateLines.Of)],
    };
}
