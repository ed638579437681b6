using System.Diagnostics.CodeAnalysis;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Sdp;

namespace Rtc.Peer;

/// <summary>
/// A peer's offers and answers (RFC 9429), and what they change in its transport: credentials, candidates and whose certificate
/// it takes. Owned by <see cref="WebRtcPeer"/>, which hands each agreement on to media and data.
/// </summary>
internal sealed class PeerNegotiation(PeerOptions options, PeerRandom random, PeerTransport transport)
{
    private readonly SdpNegotiation _descriptions = new(new NegotiationOptions { Random = random, Cname = options.Cname });
    private string? _fingerprints;

    /// <summary>The last agreement; null before the first.</summary>
    public NegotiatedSession? Current => _descriptions.Current;

    public bool TryAnswer(
        Instant now,
        string offer,
        AnswerPolicy policy,
        out string answer,
        [NotNullWhen(true)] out NegotiatedSession? session,
        [NotNullWhen(false)] out string? error)
    {
        bool restart = _descriptions.IsIceRestart(offer);
        IceCredentials local = restart ? IceCredentials.Create(random) : transport.Ice.Local;
        if (!_descriptions.TryAnswer(offer, policy, LocalTransport(local), out answer, out session, out string refusal))
        {
            answer = "";
            error = refusal;
            return false;
        }

        if (restart)
        {
            transport.Ice.Restart(now, local);
        }

        error = null;
        return true;
    }

    public string CreateOffer(Instant now, OfferPlan plan)
    {
        if (Current is null)
        {
            transport.Ice.SetControlling(true);
        }
        else if (plan.IceRestart)
        {
            transport.Ice.Restart(now, IceCredentials.Create(random));
        }

        return _descriptions.CreateOffer(plan, LocalTransport(transport.Ice.Local));
    }

    public bool TryAcceptAnswer(
        string answer, [NotNullWhen(true)] out NegotiatedSession? session, [NotNullWhen(false)] out string? error)
    {
        bool accepted = _descriptions.TryAcceptAnswer(answer, out session, out string refusal);
        error = accepted ? null : refusal;
        return accepted;
    }

    /// <summary>Makes the transport follow an agreement. False where the certificate is not the one agreed on before.</summary>
    public bool TryApply(Instant now, NegotiatedSession session)
    {
        IceAgent ice = transport.Ice;
        if (ice.Remote is null || ice.Remote.Ufrag != session.RemoteUfrag || ice.Remote.Password != session.RemotePassword)
        {
            ice.SetRemote(now, session.RemoteUfrag, session.RemotePassword, session.RemoteIceLite);
        }

        foreach (IceCandidate candidate in session.RemoteCandidates)
        {
            Add(now, candidate);
        }

        string fingerprints = string.Join(' ', session.RemoteFingerprints);
        if (_fingerprints is not null)
        {
            return _fingerprints == fingerprints;
        }

        _fingerprints = fingerprints;
        transport.StartDtls(
            now,
            session.LocalDtlsRole == DtlsRole.Client,
            [.. session.RemoteFingerprints.Select(f => new CertificateFingerprint(f.Algorithm, f.Hex))]);
        return true;
    }

    /// <summary>False where no description came before it. One of another ICE generation changes nothing.</summary>
    public bool TryAddRemoteCandidate(Instant now, IceCandidate candidate)
    {
        if (Current is not { } session)
        {
            return false;
        }

        if (candidate.Ufrag is null || candidate.Ufrag == session.RemoteUfrag)
        {
            Add(now, candidate);
        }

        return true;
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
            transport.Ice.AddRemoteCandidate(now, address, kind, candidate.Priority);
        }
    }

    private LocalTransport LocalTransport(IceCredentials credentials) => new()
    {
        Ufrag = credentials.Ufrag,
        Password = credentials.Password,
        Sha256Fingerprint = options.Identity.Sha256Fingerprint,
        IceLite = options.IceLite,
        CandidateLines = [.. options.LocalCandidates.Select(CandidateLines.Of)],
    };
}
