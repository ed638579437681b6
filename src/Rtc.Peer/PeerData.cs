using Rtc.Peer.Sctp;
using Rtc.Peer.Sdp;

namespace Rtc.Peer;

/// <summary>
/// A peer's data channels: SCTP packets in and out of DTLS records (RFC 8261, RFC 8831). Owned by <see cref="WebRtcPeer"/>;
/// there is no association before a description or a call asks for one.
/// </summary>
internal sealed class PeerData(PeerTransport transport, PeerRandom random, DropCounters drops) : IDisposable
{
    // A browser that closes sends ABORT and close_notify, once each. When only the first arrives, this much silence says the rest.
    private static readonly TimeSpan s_silenceAfterAbort = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lastPacketsUnderWay = TimeSpan.FromMilliseconds(300);

    private readonly byte[] _packet = new byte[1280];
    private SctpAssociation? _association;
    private bool _started;
    private Instant _abortedAt = Instant.Never;

    public Instant NextDeadline =>
        Instant.Min(_started ? _association!.NextDeadline : Instant.Never, _abortedAt + s_silenceAfterAbort);

    public int OpenChannel(string label, ChannelOptions options) => Association().OpenChannel(label, options);

    public bool Send(Instant now, int channelId, ReadOnlySpan<byte> payload, bool isText) =>
        _association is not null && _association.Send(now, channelId, payload, isText) == SctpSendResult.Queued;

    public long BufferedAmount(int channelId) => _association?.BufferedAmount(channelId) ?? 0;

    public void CloseChannel(int channelId) => _association?.CloseChannel(channelId);

    public void Configure(NegotiatedSession session)
    {
        if (session.DataMid is not null)
        {
            _ = Association();
        }
    }

    /// <summary>Begins the handshake once DTLS is up and both descriptions have a data section.</summary>
    public void Start(Instant now, NegotiatedSession? current)
    {
        if (!_started && transport.IsSecure && _association is not null && current is { SctpPort: { } port })
        {
            _started = true;
            _association.Connect(now, transport.IsDtlsClient, (ushort)port, current.RemoteMaxMessageSize);
        }
    }

    public void Receive(Instant now)
    {
        while (transport.TryReadData(out ReadOnlySpan<byte> packet))
        {
            if (_started)
            {
                _association!.Receive(now, packet);
            }
            else
            {
                drops.Count(DropReason.DataWithoutChannel);
            }
        }
    }

    /// <summary>True where the other side closed its data connection, and nothing came since: it is gone.</summary>
    public bool Advance(Instant now, Instant lastReceived)
    {
        if (_started)
        {
            _association!.Advance(now);
        }

        if (_abortedAt == Instant.Never || now < _abortedAt + s_silenceAfterAbort)
        {
            return false;
        }

        bool silent = lastReceived <= _abortedAt + s_lastPacketsUnderWay;
        _abortedAt = Instant.Never;
        return silent;
    }

    public bool TryTake(Instant now, out OutgoingDatagram datagram)
    {
        datagram = default;
        return _started
            && transport.TryGetTarget(out _)
            && _association!.TryTakePacket(now, _packet, out int length)
            && transport.TryWriteData(_packet.AsSpan(0, length))
            && transport.TryTake(out datagram);
    }

    /// <param name="now">The time.</param>
    /// <param name="closing">This side has closed the peer, so that the association's end is no news.</param>
    /// <param name="happened">What happened.</param>
    public bool TryTakeEvent(Instant now, bool closing, out PeerEvent happened)
    {
        while (_association is not null && _association.TryTakeEvent(out SctpEvent data))
        {
            switch (data.Kind)
            {
                case SctpEventKind.ChannelOpened:
                    happened = new PeerEvent { Kind = PeerEventKind.ChannelOpened, ChannelId = data.ChannelId, Label = data.Text };
                    return true;
                case SctpEventKind.ChannelClosed:
                    happened = new PeerEvent { Kind = PeerEventKind.ChannelClosed, ChannelId = data.ChannelId };
                    return true;
                case SctpEventKind.Message:
                    happened = new PeerEvent
                    {
                        Kind = PeerEventKind.ChannelMessage,
                        ChannelId = data.ChannelId,
                        IsText = data.IsText,
                        Payload = data.Payload,
                    };
                    return true;
                case SctpEventKind.Closed when !closing:
                    _abortedAt = now;
                    break;
                default:
                    break;
            }
        }

        happened = default;
        return false;
    }

    public void Close(string reason) => _association?.Close(reason);

    public void Dispose() => _association?.Dispose();

    private SctpAssociation Association() => _association ??= new SctpAssociation(new SctpOptions { Random = random });
}
