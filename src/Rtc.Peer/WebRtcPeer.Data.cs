using Rtc.Peer.Sctp;

namespace Rtc.Peer;

/// <summary>Data channels: SCTP packets in and out of DTLS records (RFC 8261, RFC 8831).</summary>
public sealed partial class WebRtcPeer
{
    // A browser that closes sends ABORT and close_notify, once each. When only the first arrives, this much silence says the rest.
    private static readonly TimeSpan s_silenceAfterAbort = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lastPacketsUnderWay = TimeSpan.FromMilliseconds(300);

    private readonly byte[] _sctpPacket = new byte[1280];
    private SctpAssociation? _sctp;
    private bool _sctpStarted;
    private Instant _abortedAt = Instant.Never;
    private Instant _lastReceived;

    /// <summary>
    /// Opens a channel, or announces it for when the connection is up. Returns its id, −1 when there are too many. The
    /// description has to have a data section, now or after the next negotiation.
    /// </summary>
    public int OpenChannel(Instant now, string label, bool ordered = true, int? maxRetransmits = null, int? maxLifetimeMs = null)
    {
        _now = now;
        ObjectDisposedException.ThrowIf(_closed, this);
        var options = new ChannelOptions { Ordered = ordered, MaxRetransmits = maxRetransmits, MaxLifetimeMs = maxLifetimeMs };
        return Association().OpenChannel(label, options);
    }

    /// <summary>False when the channel is not open, the message too large for the other side, or the send buffer full.</summary>
    public bool SendMessage(Instant now, int channelId, ReadOnlySpan<byte> payload, bool isText)
    {
        _now = now;
        return !_closed && _sctp is not null && _sctp.Send(now, channelId, payload, isText) == SctpSendResult.Queued;
    }

    /// <summary>Bytes that wait for the other side's acknowledgement: who sends a lot watches this.</summary>
    public long BufferedAmount(int channelId) => _sctp?.BufferedAmount(channelId) ?? 0;

    public void CloseChannel(Instant now, int channelId)
    {
        _now = now;
        _sctp?.CloseChannel(channelId);
    }

    private SctpAssociation Association() => _sctp ??= new SctpAssociation(new SctpOptions { Random = _random });

    private void ConfigureData(Sdp.NegotiatedSession session)
    {
        if (session.DataMid is not null)
        {
            _ = Association();
        }
    }

    private void StartData(Instant now)
    {
        if (!_sctpStarted && _transport.IsSecure && _sctp is not null && _negotiation.Current is { SctpPort: { } port } session)
        {
            _sctpStarted = true;
            _sctp.Connect(now, _transport.IsDtlsClient, (ushort)port, session.RemoteMaxMessageSize);
        }
    }

    private void ReceiveData(Instant now)
    {
        StartData(now);
        while (_transport.TryReadData(out ReadOnlySpan<byte> packet))
        {
            if (_sctpStarted)
            {
                _sctp!.Receive(now, packet);
            }
            else
            {
                _drops.Count(DropReason.DataWithoutChannel);
            }
        }
    }

    private void AdvanceData(Instant now)
    {
        if (_sctpStarted)
        {
            _sctp!.Advance(now);
        }

        if (_abortedAt != Instant.Never && now >= _abortedAt + s_silenceAfterAbort)
        {
            bool silent = _lastReceived <= _abortedAt + s_lastPacketsUnderWay;
            _abortedAt = Instant.Never;
            if (silent)
            {
                End("the other side closed its data connection and fell silent");
            }
        }
    }

    private Instant DataDeadline =>
        Instant.Min(_sctpStarted ? _sctp!.NextDeadline : Instant.Never, _abortedAt + s_silenceAfterAbort);

    private bool TryTakeData(out OutgoingDatagram datagram)
    {
        datagram = default;
        return _sctpStarted
            && _transport.TryGetTarget(out _)
            && _sctp!.TryTakePacket(_now, _sctpPacket, out int length)
            && _transport.TryWriteData(_sctpPacket.AsSpan(0, length))
            && _transport.TryTake(out datagram);
    }

    private bool TryTakeDataEvent(out PeerEvent happened)
    {
        while (_sctp is not null && _sctp.TryTakeEvent(out SctpEvent data))
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
                case SctpEventKind.Closed when !_closed:
                    _abortedAt = _now;
                    break;
                default:
                    break;
            }
        }

        happened = default;
        return false;
    }
}
