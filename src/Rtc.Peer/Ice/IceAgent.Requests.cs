using System.Buffers.Binary;
using Rtc.Peer.Stun;

namespace Rtc.Peer.Ice;

/// <summary>What comes in: checks of the other side, and answers to ours.</summary>
internal sealed partial class IceAgent
{
    private const int RoleConflictCode = 487;
    private const int UnknownAttributeCode = 420;

    // A port in use by an attacker who shares the password could be moved around for ever.
    private const int MaxBlocked = 16;

    // Addresses whose consent was lost: not to be used again without a restart (RFC 7675 section 5.1).
    private readonly List<TransportAddress> _blocked = [];

    public void Receive(Instant now, ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        _now = now;
        if (!StunView.TryParse(datagram, out StunView message) || (message.HasFingerprint && !message.VerifyFingerprint()))
        {
            Counters.Malformed++;
            return;
        }

        switch (message.Type)
        {
            case StunMessageType.BindingRequest:
                ReceiveRequest(now, message, from);
                break;
            case StunMessageType.BindingSuccess:
            case StunMessageType.BindingError:
                ReceiveResponse(now, message, from);
                break;
            case StunMessageType.BindingIndication:
                break; // a keep-alive: nothing to do (RFC 8445 section 11)
            default:
                Counters.Malformed++;
                break;
        }

        Pump(now);
    }

    /// <summary>Authenticated data came from there; a controlled agent follows the side that chose the path.</summary>
    public void NoteData(Instant now, TransportAddress from)
    {
        _now = now;
        if (FindPath(from) is not { } path)
        {
            return;
        }

        path.LastHeard = now;
        _lastData = now;
        if (_doubtAt == Instant.Never)
        {
            _doubtAt = now + s_doubtAfter;
        }

        if (path != _selected && FindValid(path) is { } pair)
        {
            FollowIfMoved(now, pair, carriesData: true);
        }
    }

    private void ReceiveRequest(Instant now, StunView request, TransportAddress from)
    {
        // Nothing is answered without the password: no reflection, and no way to probe for ufrags.
        if (!StunUsername.TrySplit(request, out ReadOnlySpan<byte> ufrag, out ReadOnlySpan<byte> theirUfrag)
            || FindLocal(now, ufrag) is not { } generation
            || !request.VerifyIntegrity(generation.Local.Key))
        {
            Counters.Unauthenticated++;
            return;
        }

        Counters.ChecksReceived++;
        if (request.TryGetUnknownRequired(out ushort unknown))
        {
            RespondUnknown(request.Transaction, unknown, generation, from);
            return;
        }

        if (_blocked.Contains(from) || (generation == _generation && !SettleRoles(request, from)))
        {
            return;
        }

        Respond(request.Transaction, generation, from);
        NoteCheck(now, request, generation, theirUfrag, from);
    }

    private void NoteCheck(Instant now, StunView request, IceGeneration generation, ReadOnlySpan<byte> theirUfrag, TransportAddress from)
    {
        generation.LastHeard = now;
        CandidatePair? pair = Find(generation, from);
        if (pair is null
            && (!request.TryGetUInt32(StunAttribute.Priority, out uint priority)
                || !TryAddPair(generation, from, CandidateKind.PeerReflexive, priority, checkedUs: true, out pair)))
        {
            return;
        }

        IcePath path = pair.Path;
        NoteHeard(path, now);
        _lastChecked = path;
        if (path.AnsweredAt is null)
        {
            _checkCredit = Math.Min(_checkCredit + 1, MaxUnansweredChecks);
        }

        if (pair.TryName(theirUfrag) && FindRemote(theirUfrag) is { } theirs && theirs != pair.Theirs)
        {
            pair.Answer(theirs);
        }

        if (State == IceState.Failed)
        {
            // From an address whose consent was not lost: they came back another way.
            State = IceState.Checking;
            _failAt = now + _settings.ConnectTimeout;
        }

        if (_settings.Lite)
        {
            ReceiveAsLite(now, pair, request.Has(StunAttribute.UseCandidate));
            return;
        }

        // A way that they keep open is kept proven from this side too: it may be needed at once.
        pair.Triggered |= !pair.IsValid || !path.IsAnswered(now, s_proofAge);
        if (!Controlling && request.Has(StunAttribute.UseCandidate))
        {
            bool first = !pair.NominatedByRemote;
            pair.NominatedByRemote = true;
            if (pair.IsValid)
            {
                ConsiderNominated(now, pair, first);
            }
        }
        else if (pair.IsValid && path != _selected)
        {
            FollowIfMoved(now, pair, carriesData: false);
        }
    }

    private void ReceiveAsLite(Instant now, CandidatePair pair, bool useCandidate)
    {
        pair.State = PairState.Succeeded;
        pair.Path.AnsweredAt = now; // a lite agent sends no checks: theirs are the sign of life
        if (useCandidate && pair.Path != _selected)
        {
            Select(now, pair);
        }
    }

    /// <summary>RFC 8445 section 7.3.1.1. False when the request was refused with 487.</summary>
    private bool SettleRoles(StunView request, TransportAddress from)
    {
        if (Controlling && request.TryGetUInt64(StunAttribute.IceControlling, out ulong theirs))
        {
            Counters.RoleConflicts++;
            if (_tieBreaker >= theirs)
            {
                RespondError(request.Transaction, RoleConflictCode, "Role Conflict"u8, from);
                return false;
            }

            SetControlling(false);
        }
        else if (!Controlling && request.TryGetUInt64(StunAttribute.IceControlled, out theirs))
        {
            Counters.RoleConflicts++;
            if (_settings.Lite || _tieBreaker < theirs)
            {
                RespondError(request.Transaction, RoleConflictCode, "Role Conflict"u8, from);
                return false;
            }

            SetControlling(true);
        }

        return true;
    }

    private void Respond(TransactionId transaction, IceGeneration generation, TransportAddress from)
    {
        Span<byte> buffer = Outbox.Reserve();
        if (buffer.IsEmpty)
        {
            return;
        }

        var response = new StunWriter(buffer, StunMessageType.BindingSuccess, transaction);
        response.AddXorMappedAddress(from, transaction);
        Outbox.Commit(response.Finish(generation.Local.Key), from);
    }

    private void RespondError(TransactionId transaction, int code, ReadOnlySpan<byte> reason, TransportAddress from)
    {
        Span<byte> buffer = Outbox.Reserve();
        if (buffer.IsEmpty)
        {
            return;
        }

        var response = new StunWriter(buffer, StunMessageType.BindingError, transaction);
        response.AddErrorCode(code, reason);
        Outbox.Commit(response.Finish(Local.Key), from);
    }

    private void RespondUnknown(TransactionId transaction, ushort unknown, IceGeneration generation, TransportAddress from)
    {
        Span<byte> buffer = Outbox.Reserve();
        if (buffer.IsEmpty)
        {
            return;
        }

        Span<byte> list = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(list, unknown);
        var response = new StunWriter(buffer, StunMessageType.BindingError, transaction);
        response.AddErrorCode(UnknownAttributeCode, []);
        response.Add(StunAttribute.UnknownAttributes, list);
        Outbox.Commit(response.Finish(generation.Local.Key), from);
    }

    private void ReceiveResponse(Instant now, StunView response, TransportAddress from)
    {
        CandidatePair? pair = null;
        SentCheck check = default;
        foreach (CandidatePair candidate in _pairs)
        {
            // From another address than the request went to, a response counts for nothing (RFC 8445 section 7.2.5.2.1).
            if (candidate.Remote == from && candidate.TryFind(response.Transaction, out check))
            {
                pair = candidate;
                break;
            }
        }

        if (pair is null || check.Theirs is not { } theirs || !response.VerifyIntegrity(theirs.Key))
        {
            Counters.StrayResponses++;
            return;
        }

        pair.Path.LastHeard = now;
        if (response.Type == StunMessageType.BindingSuccess)
        {
            CheckSucceeded(now, pair, check);
        }
        else
        {
            CheckRefused(pair, check, response);
        }
    }

    private void CheckRefused(CandidatePair pair, in SentCheck check, StunView response)
    {
        if (response.TryGetErrorCode(out int code) && code == RoleConflictCode)
        {
            Counters.RoleConflicts++;
            if (check.AsControlling == Controlling)
            {
                SetControlling(!Controlling); // section 7.2.5.1
            }

            pair.State = PairState.Waiting;
            pair.Triggered = true;
        }
        else if (pair.Path != _selected)
        {
            Fail(pair);
        }
    }
}
