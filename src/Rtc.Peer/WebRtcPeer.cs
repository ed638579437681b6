using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Sdp;
using Rtc.Peer.Session;

namespace Rtc.Peer;

/// <summary>
/// One end of a WebRTC connection, without any I/O. Descriptions, datagrams and the time go in; datagrams, events and the
/// next deadline come out, and are drained before the next call. One loop owns a peer: nothing here is locked, and memory
/// that is handed out lasts until the next call, unless said otherwise.
/// </summary>
public sealed partial class WebRtcPeer : IDisposable
{
    private const int MaxEvents = 1024;

    private readonly PeerOptions _options;
    private readonly PeerRandom _random;
    private readonly DropCounters _drops = new();
    private readonly Queue<PeerEvent> _events = new();
    private readonly SdpNegotiation _negotiation;
    private readonly PeerTransport _transport;
    private Instant _now;
    private Instant _lastReceived;
    private TransportAddress? _announcedAddress;
    private TimeSpan _hintedRoundTrip;
    private string? _endReason;
    private bool _connected;
    private bool _disconnected;
    private bool _closed;

    public WebRtcPeer(PeerOptions options, Instant now)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _now = now;
        _random = new PeerRandom(options.Random);
        var ice = new IceAgent(
            new IceSettings
            {
                Lite = options.IceLite,
                LocalCandidates = options.LocalCandidates,
                ConsentTimeout = options.ConsentTimeout,
            },
            IceCredentials.Create(_random),
            controlling: false,
            _random);
        _transport = new PeerTransport(options, ice, _drops);
        _data = new PeerData(_transport, _random, _drops);
        _negotiation = new SdpNegotiation(new NegotiationOptions { Random = _random, Cname = options.Cname });
        _rtp = new RtpSession(
            new RtpSessionOptions
            {
                Cname = options.Cname,
                Random = _random,
                NtpAtOrigin = options.NtpAtOrigin,
                StartBitrate = options.StartBitrate,
                MinBitrate = options.MinBitrate,
                MaxBitrate = options.MaxBitrate,
                Frames = options.Pool,
            },
            now);
    }

    /// <summary>
    /// The name by which the shell finds this peer when a first check comes from an unknown address. An ICE restart
    /// changes it: read it again after each offer and answer, and keep the one before until a pair is selected.
    /// </summary>
    public string LocalUfrag => _transport.Ice.Local.Ufrag;

    public bool IsConnected => _connected && !_disconnected && !_closed;

    public bool IsClosed => _closed;

    public IReadOnlyList<MediaSection> Sections => _negotiation.Current?.Sections ?? [];

    /// <summary>When <see cref="Advance"/> wants to be called next, if nothing comes in before.</summary>
    public Instant NextDeadline =>
        _closed ? Instant.Never : Instant.Min(_transport.NextDeadline, Instant.Min(MediaDeadline, _data.NextDeadline));

    /// <summary>Without a target a report or a packet would stay due; ICE says when there is a target again.</summary>
    private Instant MediaDeadline => _transport.TryGetTarget(out _) ? _rtp.NextDeadline(_now) : Instant.Never;

    public void Receive(Instant now, ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        _now = now;
        _lastReceived = now;
        if (_closed)
        {
            _drops.Count(DropReason.AfterClose);
            return;
        }

        switch (_transport.Receive(now, datagram, from, out ReadOnlySpan<byte> plain))
        {
            case InputKind.Rtp:
                _rtp.ReceiveRtp(now, plain);
                break;
            case InputKind.Rtcp:
                _rtp.ReceiveRtcp(now, plain);
                break;
            case InputKind.Dtls:
                _data.Start(now, _negotiation.Current);
                _data.Receive(now);
                if (_transport.TakeLostStart())
                {
                    _rtp.BeginAgain(now);
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
        if (_closed)
        {
            return;
        }

        _transport.Advance(now);
        _rtp.Advance(now);
        if (_data.Advance(now, _lastReceived))
        {
            End("the other side closed its data connection and fell silent");
        }

        UpdateState(now);
    }

    /// <summary>The TCP connection that stood for this address is gone.</summary>
    public void RemoveAddress(Instant now, TransportAddress address)
    {
        if (!_closed)
        {
            _transport.Ice.Remove(now, address);
            UpdateState(now);
        }
    }

    /// <summary>
    /// Says goodbye on every layer: RTCP BYE, SCTP ABORT and DTLS close_notify lie ready as datagrams, and the event
    /// Closed as the last one. What comes in after this is dropped.
    /// </summary>
    public void Close(Instant now)
    {
        _now = now;
        if (_closed)
        {
            return;
        }

        _farewell = _connected;
        _endReason = "closed by this side";
        _closed = true;
        _rtp.Close();
        _data.Close("closing");
    }

    public void Dispose()
    {
        _closed = true;
        _rtp.Dispose();
        _data.Dispose();
        _transport.Dispose();
    }

    /// <summary>Compares what the layers say with what was told to the shell.</summary>
    private void UpdateState(Instant now)
    {
        IceAgent ice = _transport.Ice;
        while (ice.TryTakeHeard(out HeardAddress heard))
        {
            Tell(
                new PeerEvent
                {
                    Kind = heard.IsAnswered ? PeerEventKind.AddressProven : PeerEventKind.AddressLearned,
                    Address = heard.Address,
                });
        }

        if (_transport.HasDtls && _transport.DtlsState is DtlsState.Failed or DtlsState.Closed)
        {
            End(_transport.FailureReason ?? "the other side closed the connection");
            return;
        }

        if (!_connected && _transport.IsSecure)
        {
            _connected = true;
            _disconnected = false;
            _data.Start(now, _negotiation.Current);
            Tell(new PeerEvent { Kind = PeerEventKind.Connected });
        }

        if (ice.State == IceState.Failed && !_disconnected)
        {
            _disconnected = true;
            Tell(new PeerEvent { Kind = PeerEventKind.Disconnected, Reason = _connected ? "consent was lost" : "no candidate pair works" });
        }
        else if (ice.State == IceState.Connected && _disconnected)
        {
            _disconnected = false;
            if (_connected)
            {
                Tell(new PeerEvent { Kind = PeerEventKind.Reconnected });
            }
        }

        if (ice.Selected is { } selected && selected != _announcedAddress)
        {
            _announcedAddress = selected;
            Tell(new PeerEvent { Kind = PeerEventKind.RemoteAddressChanged, Address = selected });
        }

        if (ice.RoundTrip is { } roundTrip && roundTrip != _hintedRoundTrip)
        {
            // Once each: streams learn better from what they ask for and get.
            _hintedRoundTrip = roundTrip;
            _rtp.HintRoundTrip(roundTrip);
        }

        // Without an address to send to, packets wait where they can still be dropped.
        _rtp.SetConnected(_connected && !_closed && _transport.TryGetTarget(out _));
    }

    /// <summary>The last event; it is handed out behind everything that happened before.</summary>
    private void End(string reason)
    {
        if (_closed)
        {
            return;
        }

        _endReason = reason;
        _closed = true;
        _rtp.SetConnected(false);
    }

    /// <summary>A shell that stops taking events loses the newest, not the memory of the process.</summary>
    private void Tell(in PeerEvent happened)
    {
        if (_events.Count < MaxEvents)
        {
            _events.Enqueue(happened);
        }
    }
}
