using System.Diagnostics.CodeAnalysis;

namespace Rtc.Peer.Sdp;

/// <summary>
/// One peer's side of offer and answer (RFC 3264, RFC 9429): remembers the order of m-lines, our SSRCs and what was
/// agreed on. A step that fails changes nothing. Owned by the peer, called on its loop.
/// </summary>
internal sealed class SdpNegotiation(NegotiationOptions options)
{
    private readonly SessionNumbers _numbers = new(options.Random);
    private string? _sessionId;
    private long _version;
    private IReadOnlyList<SectionState> _states = [];
    private IReadOnlyList<SectionState>? _offered;

    /// <summary>The last agreement; null before the first.</summary>
    public NegotiatedSession? Current { get; private set; }

    /// <summary>An offer of ours waits for its answer.</summary>
    public bool HasPendingOffer => _offered is not null;

    /// <summary>
    /// The offer brings new credentials for the transport in use, so that its answer needs new ones of ours. A section
    /// that was added in front with a transport of its own is no restart.
    /// </summary>
    public bool IsIceRestart(ReadOnlySpan<char> offer)
    {
        if (Current is not { } current || !SessionDescription.TryParse(offer, out SessionDescription remote, out _))
        {
            return false;
        }

        MediaDescription? carrier =
            remote.Media.Find(media => media.Mid == current.CarrierMid && !media.IsRejected && media.IceUfrag is not null) ??
            remote.Media.Find(media => media.IceUfrag is not null && !media.IsRejected);
        return carrier is not null && (carrier.IceUfrag != current.RemoteUfrag || carrier.IcePassword != current.RemotePassword);
    }

    public bool TryAnswer(
        ReadOnlySpan<char> offer,
        AnswerPolicy policy,
        LocalTransport local,
        out string answer,
        [NotNullWhen(true)] out NegotiatedSession? session,
        out string error)
    {
        answer = "";
        session = null;
        if (_offered is not null)
        {
            error = "an offer of this end is still waiting for its answer";
            return false;
        }

        if (!SessionDescription.TryParse(offer, out SessionDescription remote, out error) ||
            !AnswerBuilder.TryCreate(remote, policy, local, options, _numbers, _states, Current, out NegotiationStep? step, out error))
        {
            return false;
        }

        answer = Publish(step.Description!);
        Commit(step);
        session = step.Session;
        return true;
    }

    /// <summary>Makes an offer; one that still waits for its answer is replaced.</summary>
    public string CreateOffer(OfferPlan plan, LocalTransport local)
    {
        (SessionDescription offer, _offered) = OfferBuilder.Create(plan, local, options, _numbers, _states);
        return Publish(offer);
    }

    public bool TryAcceptAnswer(ReadOnlySpan<char> answer, [NotNullWhen(true)] out NegotiatedSession? session, out string error)
    {
        session = null;
        if (_offered is null)
        {
            error = "there is no offer that this answer could belong to";
            return false;
        }

        if (!SessionDescription.TryParse(answer, out SessionDescription remote, out error) ||
            !AnswerReader.TryRead(remote, _offered, Current, out NegotiationStep? step, out error))
        {
            return false;
        }

        Commit(step);
        session = step.Session;
        return true;
    }

    private void Commit(NegotiationStep step)
    {
        _states = step.States;
        _offered = null;
        Current = step.Session;
    }

    private string Publish(SessionDescription description)
    {
        _sessionId ??= _numbers.SessionId();
        return SdpWriter.Write(description, _sessionId, ++_version);
    }
}
