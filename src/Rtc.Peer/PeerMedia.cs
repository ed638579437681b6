using Rtc.Peer.Sdp;
using Rtc.Peer.Session;
using Rtc.Peer.Srtp;

namespace Rtc.Peer;

/// <summary>
/// A peer's video: the RTP session behind SRTP. Negotiated sections become the session's, and its events the peer's. Owned by
/// <see cref="WebRtcPeer"/>, which calls the session itself for what needs no translation.
/// </summary>
internal sealed class PeerMedia : IDisposable
{
    private readonly PeerTransport _transport;
    private readonly byte[] _outgoing = new byte[DatagramQueue.MaxDatagramBytes];
    private TimeSpan _hintedRoundTrip;
    private bool _byeTaken;

    public PeerMedia(PeerOptions options, PeerRandom random, PeerTransport transport, Instant now)
    {
        _transport = transport;
        Session = new RtpSession(
            new RtpSessionOptions
            {
                Cname = options.Cname,
                Random = random,
                NtpAtOrigin = options.NtpAtOrigin,
                StartBitrate = options.StartBitrate,
                MinBitrate = options.MinBitrate,
                MaxBitrate = options.MaxBitrate,
                Frames = options.Pool,
            },
            now);
    }

    public RtpSession Session { get; }

    public void Configure(IReadOnlyList<MediaSection> sections) => Session.Configure(RtpSections.Of(sections));

    /// <summary>Without a target a report or a packet would stay due; ICE says when there is a target again.</summary>
    public Instant NextDeadline(Instant now) => _transport.TryGetTarget(out _) ? Session.NextDeadline(now) : Instant.Never;

    /// <summary>Takes over how the transport stands.</summary>
    public void Follow(bool mayFlow)
    {
        if (_transport.Ice.RoundTrip is { } roundTrip && roundTrip != _hintedRoundTrip)
        {
            // Once each: streams learn better from what they ask for and get.
            _hintedRoundTrip = roundTrip;
            Session.HintRoundTrip(roundTrip);
        }

        // Without an address to send to, packets wait where they can still be dropped.
        Session.SetConnected(mayFlow && _transport.TryGetTarget(out _));
    }

    /// <param name="now">The time.</param>
    /// <param name="closing">Only the compound with BYE may still leave; it comes first.</param>
    /// <param name="datagram">What goes out next.</param>
    public bool TryTake(Instant now, bool closing, out OutgoingDatagram datagram)
    {
        datagram = default;
        while (_transport.TryGetTarget(out TransportAddress to)
            && !_byeTaken
            && Session.TryTakePacket(
                now, _outgoing.AsSpan(0, _outgoing.Length - SrtpSession.MaxOverhead), out int length, out bool isRtcp))
        {
            _byeTaken = closing;
            if (_transport.TryProtect(_outgoing, length, isRtcp, out int protectedLength))
            {
                datagram = new OutgoingDatagram(_outgoing.AsMemory(0, protectedLength), to);
                return true;
            }
        }

        return false;
    }

    public bool TryTakeEvent(out PeerEvent happened)
    {
        while (Session.TryTakeEvent(out RtpEvent media))
        {
            switch (media.Kind)
            {
                case RtpEventKind.VideoFrame:
                    happened = new PeerEvent
                    {
                        Kind = PeerEventKind.VideoFrame,
                        Mid = media.Mid,
                        Rid = media.Rid.Length == 0 ? null : media.Rid,
                        Frame = media.Frame,
                    };
                    return true;
                case RtpEventKind.KeyFrameNeeded:
                    happened = new PeerEvent { Kind = PeerEventKind.KeyFrameNeeded, Mid = media.Mid };
                    return true;
                case RtpEventKind.BitrateChanged:
                    happened = new PeerEvent { Kind = PeerEventKind.BitrateChanged, Bitrate = media.Bitrate };
                    return true;
                default:
                    break; // a stream ended: its section lives on, and another may come
            }
        }

        happened = default;
        return false;
    }

    public void Dispose() => Session.Dispose();
}
