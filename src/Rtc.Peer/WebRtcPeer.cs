using Rtc.Peer.Sctp;
using Rtc.Peer.Sdp;

namespace Rtc.Peer;

/// <summary>
/// One end of a WebRTC connection, without any I/O. Descriptions, datagrams and the time go in; datagrams, events and the
/// next deadline come out, and are drained before the next call. One loop owns a peer: nothing here is locked, and memory
/// that is handed out lasts until the next call, unless said otherwise.
/// </summary>
public sealed class WebRtcPeer : IDisposable
{
    private const string ClosedError = "the peer is closed";

    private readonly PeerCounters _counters = new();
    private readonly PeerTransport _transport;
    private readonly PeerNegotiation _negotiation;
    private readonly PeerState _state;
    private readonly PeerMedia _media;
    private readonly PeerData _data;
    private Instant _now;
    private Instant _lastReceived;

    public WebRtcPeer(PeerOptions options, Instant now)
    {
        ArgumentNullException.ThrowIfNull(options);
        _now = now;
        var random = new PeerRandom(options.Random);
        _transport = new PeerTransport(options, random, _counters.Drops);
        _data = new PeerData(_transport, random, _counters.Drops);
        _negotiation = new PeerNegotiation(options, random, _transport);
        _state = new PeerState(_transport);
        _media = new PeerMedia(options, random, _transport, now);
    }

    /// <summary>
    /// The name by which the shell finds this peer when a first check comes from an unknown address. An ICE restart
    /// changes it: read it again after each offer and answer, and keep the one before until a pair is selected.
    /// </summary>
    public string LocalUfrag => _transport.Ice.Local.Ufrag;

    public bool IsConnected => _state.IsConnected;

    public bool IsClosed => _state.IsClosed;

    public IReadOnlyList<MediaSection> Sections => _negotiation.Current?.Sections ?? [];

    /// <summary>A snapshot of what this peer did so far.</summary>
    public PeerStats Stats => _counters.Snapshot(_transport, _media.Session.Stats);

    /// <summary>When <see cref="Advance"/> wants to be called next, if nothing comes in before.</summary>
    public Instant NextDeadline => IsClosed
        ? Instant.Never
        : Instant.Min(_transport.NextDeadline, Instant.Min(_media.NextDeadline(_now), _data.NextDeadline));

    /// <summary>Whether <see cref="TryAddRemoteCandidate"/> would understand it.</summary>
    public static bool IsCandidate(string candidate) =>
        string.IsNullOrWhiteSpace(candidate) || IceCandidate.TryParse(candidate, out _, out bool isOfUnknownKind) || isOfUnknownKind;

    /// <summary>Also for renegotiation and ICE restart. When it is false nothing has changed and the error says why.</summary>
    public bool TryAnswer(Instant now, string offerSdp, AnswerPolicy policy, out string answerSdp, out string? error)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (IsClosed)
        {
            (answerSdp, error) = ("", ClosedError);
            return false;
        }

        _now = now;
        if (!_negotiation.TryAnswer(now, offerSdp, policy, out answerSdp, out NegotiatedSession? session, out error))
        {
            return false;
        }

        Apply(now, session);
        return true;
    }

    /// <summary>An offer of ours; one that waits for its answer is replaced.</summary>
    public string CreateOffer(Instant now, OfferPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return _negotiation.CreateOffer(now, plan);
    }

    public bool TryAcceptAnswer(Instant now, string answerSdp, out string? error)
    {
        if (IsClosed)
        {
            error = ClosedError;
            return false;
        }

        if (!_negotiation.TryAcceptAnswer(answerSdp, out NegotiatedSession? session, out error))
        {
            return false;
        }

        Apply(now, session);
        return true;
    }

    /// <summary>
    /// A trickled candidate, with or without "candidate:" in front. An empty one is the end of candidates. A name instead
    /// of an address is taken and left alone: its owner's check will show the address. So is one of a transport or type that isn't
    /// known (RFC 8839 section 5.1). All sections share one transport (BUNDLE), so <paramref name="mid"/>, which clients send along,
    /// decides nothing.
    /// </summary>
    public bool TryAddRemoteCandidate(Instant now, string candidate, string? mid, out string? error)
    {
        error = null;
        if (string.IsNullOrWhiteSpace(candidate))
        {
            return true;
        }

        if (!IceCandidate.TryParse(candidate, out IceCandidate parsed, out bool isOfUnknownKind))
        {
            error = isOfUnknownKind ? null : "not an ICE candidate";
        }
        else if (IsClosed)
        {
            error = ClosedError;
        }
        else if (!_negotiation.TryAddRemoteCandidate(now, parsed))
        {
            error = "a candidate came before the description it belongs to";
        }

        return error is null;
    }

    public void Receive(Instant now, ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        _now = now;
        _lastReceived = now;
        if (IsClosed)
        {
            _counters.Drops.Count(DropReason.AfterClose);
            return;
        }

        switch (_transport.Receive(now, datagram, from, out ReadOnlySpan<byte> plain))
        {
            case InputKind.Rtp:
                _media.Session.ReceiveRtp(now, plain);
                break;
            case InputKind.Rtcp:
                _media.Session.ReceiveRtcp(now, plain);
                break;
            case InputKind.Dtls:
                _data.Start(now, _negotiation.Current);
                _data.Receive(now);
                if (_transport.TakeLostStart())
                {
                    _media.Session.BeginAgain(now);
                }

                break;
            default:
                break;
        }

        UpdateState(now);
    }

    public void Advance(Instant now)
    {
        _now = now;
        if (IsClosed)
        {
            return;
        }

        _transport.Advance(now);
        _media.Session.Advance(now);
        if (_data.Advance(now, _lastReceived))
        {
            _state.End("the other side closed its data connection and fell silent");
        }

        UpdateState(now);
    }

    /// <summary>The TCP connection that stood for this address is gone.</summary>
    public void RemoveAddress(Instant now, TransportAddress address)
    {
        if (!IsClosed)
        {
            _transport.Ice.Remove(now, address);
            UpdateState(now);
        }
    }

    /// <summary>
    /// Sends one encoded picture. The frame stays the caller's; the resend cache takes a reference of its own. False when
    /// the section does not exist, no codec fits, or this viewer's bandwidth has no room for the frame.
    /// </summary>
    public bool SendVideo(Instant now, string mid, EncodedFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        _now = now;
        return _state.HasConnected && !IsClosed && _media.Session.SendVideo(now, mid, frame);
    }

    /// <summary>
    /// Lets go of all that this section has sent or holds to be sent: nothing of it goes out any more, also where it is asked
    /// for again. The section goes on with the next key frame, which is asked for.
    /// </summary>
    public void ForgetVideo(Instant now, string mid)
    {
        _now = now;
        if (!IsClosed)
        {
            _media.Session.ForgetVideo(now, mid);
        }
    }

    /// <summary>Asks for a key frame by PLI. Asking often is harmless: the rate is limited.</summary>
    public void RequestKeyFrame(Instant now, string mid)
    {
        _now = now;
        if (!IsClosed)
        {
            _media.Session.RequestKeyFrame(now, mid);
        }
    }

    /// <summary>Pictures above this temporal layer are left out for this viewer, also where its bandwidth had room for them.</summary>
    public void SetTemporalLayerLimit(string mid, int highestLayer) => _media.Session.SetTemporalLayerLimit(mid, highestLayer);

    /// <summary>
    /// Opens a channel, or announces it for when the connection is up. Returns its id, −1 when there are too many. The
    /// description has to have a data section, now or after the next negotiation.
    /// </summary>
    public int OpenChannel(Instant now, string label, bool ordered = true, int? maxRetransmits = null, int? maxLifetimeMs = null)
    {
        _now = now;
        ObjectDisposedException.ThrowIf(IsClosed, this);
        var options = new ChannelOptions { Ordered = ordered, MaxRetransmits = maxRetransmits, MaxLifetimeMs = maxLifetimeMs };
        return _data.OpenChannel(label, options);
    }

    /// <summary>False when the channel is not open, the message too large for the other side, or the send buffer full.</summary>
    public bool SendMessage(Instant now, int channelId, ReadOnlySpan<byte> payload, bool isText)
    {
        _now = now;
        return !IsClosed && _data.Send(now, channelId, payload, isText);
    }

    /// <summary>Bytes that wait for the other side's acknowledgement: a caller that sends a lot watches this.</summary>
    public long BufferedAmount(int channelId) => _data.BufferedAmount(channelId);

    public void CloseChannel(Instant now, int channelId)
    {
        _now = now;
        _data.CloseChannel(channelId);
    }

    /// <summary>The next datagram to send; call until false after each call that went in.</summary>
    public bool TryTakeDatagram(out OutgoingDatagram datagram)
    {
        bool taken = IsClosed ? TryTakeGoodbye(out datagram) : TryTakeNext(out datagram);
        if (taken)
        {
            _counters.OnSent(datagram.Data.Length);
        }

        return taken;
    }

    public bool TryTakeEvent(out PeerEvent happened) =>
        _state.TryTakeEvent(out happened)
        || _media.TryTakeEvent(out happened)
        || _data.TryTakeEvent(_now, IsClosed, out happened)
        || _state.TryTakeEnd(out happened);

    /// <summary>
    /// Says goodbye on every layer: RTCP BYE, SCTP ABORT and DTLS close_notify lie ready as datagrams, and the event
    /// Closed as the last one. What comes in after this is dropped.
    /// </summary>
    public void Close(Instant now)
    {
        _now = now;
        if (!IsClosed)
        {
            _state.Close();
            _media.Session.Close();
            _data.Close("closing");
        }
    }

    public void Dispose()
    {
        _state.Abandon();
        _media.Dispose();
        _data.Dispose();
        _transport.Dispose();
    }

    private bool TryTakeNext(out OutgoingDatagram datagram) =>
        _transport.TryTake(out datagram)
        || _data.TryTake(_now, out datagram)
        || _media.TryTake(_now, closing: false, out datagram);

    private bool TryTakeGoodbye(out OutgoingDatagram datagram)
    {
        datagram = default;
        if (!_state.SaysGoodbye)
        {
            return false;
        }

        if (_media.TryTake(_now, closing: true, out datagram) || _data.TryTake(_now, out datagram))
        {
            return true;
        }

        _transport.Close(); // close_notify goes last: nothing can be sent behind it
        return _transport.TryTake(out datagram);
    }

    private void Apply(Instant now, NegotiatedSession session)
    {
        if (!_negotiation.TryApply(now, session))
        {
            // Another certificate would be another connection under the same name (RFC 8842 section 4): begin anew.
            _state.End("the certificate changed in a renegotiation");
        }

        _media.Configure(session.Sections);
        _data.Configure(session);
        _data.Start(now, session);
        UpdateState(now);
    }

    private void UpdateState(Instant now)
    {
        if (_state.Update())
        {
            _data.Start(now, _negotiation.Current);
        }

        _media.Follow(_state.HasConnected && !IsClosed);
    }
}
