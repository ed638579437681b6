using System.Text;

namespace Rtc.Peer.Sctp;

// Data channels: opening, sending, messages handed on (RFC 8831 section 6, RFC 8832).
internal sealed partial class SctpAssociation
{
    // 65535 is not a stream id for channels (RFC 8832 section 6).
    private const int LastStreamId = 65534;
    private const int LongestLabel = 65535;

    private readonly Dictionary<int, DataChannel> _channels = [];
    private readonly Dictionary<ushort, DataChannel> _channelsByStream = [];
    private int _nextChannelId;
    private int _nextStreamId;

    public int ChannelCount => _channels.Count;

    /// <summary>
    /// Opens a channel, also before the association stands. Returns the number by which it is named here, which is not
    /// the stream's; −1 when there are too many.
    /// </summary>
    public int OpenChannel(string label, ChannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (options is { MaxRetransmits: not null, MaxLifetimeMs: not null } or { MaxRetransmits: < 0 } or { MaxLifetimeMs: < 0 })
        {
            throw new ArgumentException("a channel is limited by retransmissions or by lifetime, not by both", nameof(options));
        }

        if (Encoding.UTF8.GetByteCount(label) > LongestLabel || Encoding.UTF8.GetByteCount(options.Protocol) > LongestLabel)
        {
            throw new ArgumentException("a channel's label and protocol have at most 65,535 bytes", nameof(label));
        }

        if (_state == State.Closed || _channels.Count >= _options.MaxChannels)
        {
            return -1;
        }

        var channel = new DataChannel(_nextChannelId++, label, options, isRemote: false);
        _channels.Add(channel.Id, channel);
        if (IsConnected && !TryBegin(channel))
        {
            _channels.Remove(channel.Id);
            return -1;
        }

        return channel.Id;
    }

    /// <summary>Queues a message. Its bytes are copied.</summary>
    public SctpSendResult Send(Instant now, int channelId, ReadOnlySpan<byte> payload, bool isText)
    {
        if (_state != State.Established
            || !_channels.TryGetValue(channelId, out DataChannel? channel)
            || channel.Phase != ChannelPhase.Open)
        {
            return SctpSendResult.NotOpen;
        }

        if (payload.Length > _remoteMaxMessageSize)
        {
            return SctpSendResult.TooLarge;
        }

        if (!_queue.HasRoomFor(payload.Length))
        {
            return SctpSendResult.BufferFull;
        }

        // SCTP has no empty messages: one byte goes in its place (RFC 8831 section 6.6).
        PayloadProtocol protocol = payload.IsEmpty
            ? isText ? PayloadProtocol.EmptyString : PayloadProtocol.EmptyBinary
            : isText ? PayloadProtocol.String : PayloadProtocol.Binary;
        OutgoingMessage message = _queue.Enqueue(channel.StreamId!.Value, protocol, payload.IsEmpty ? [0] : payload);
        message.Unordered = !channel.Options.Ordered && channel.IsKnownToPeer;
        message.MaxRetransmits = channel.Options.MaxRetransmits ?? -1;
        message.Expiry = channel.Options.MaxLifetimeMs is { } lifetime ? now + TimeSpan.FromMilliseconds(lifetime) : Instant.Never;
        Stats.MessagesSent++;
        return SctpSendResult.Queued;
    }

    /// <summary>Bytes of a channel that haven't left yet.</summary>
    public long BufferedAmount(int channelId) =>
        _channels.TryGetValue(channelId, out DataChannel? channel) && channel.StreamId is { } stream
            ? _queue.FindStream(stream)?.BufferedBytes ?? 0
            : 0;

    /// <summary>Closes a channel once what was sent on it has arrived; <see cref="SctpEventKind.ChannelClosed"/> follows.</summary>
    public void CloseChannel(int channelId)
    {
        if (!_channels.TryGetValue(channelId, out DataChannel? channel) || channel.Phase == ChannelPhase.Closing)
        {
            return;
        }

        if (channel.Phase == ChannelPhase.Waiting)
        {
            _channels.Remove(channelId);
            ReportClosed(channel);
            return;
        }

        BeginClosing(channel);
    }

    private void OpenWaitingChannels()
    {
        foreach (DataChannel channel in _channels.Values.OrderBy(channel => channel.Id).ToArray())
        {
            if (!TryBegin(channel))
            {
                _channels.Remove(channel.Id);
                ReportClosed(channel);
            }
        }
    }

    private bool TryBegin(DataChannel channel)
    {
        ushort? id = channel.Options.NegotiatedId ?? FreeStreamId();
        if (id is not { } streamId
            || streamId > LastStreamId
            || streamId >= _peerInboundStreams
            || !_channelsByStream.TryAdd(streamId, channel))
        {
            return false;
        }

        channel.StreamId = streamId;
        channel.Phase = ChannelPhase.Open;
        if (channel.Options.NegotiatedId is null)
        {
            // Ordered and reliable, whatever the channel is (RFC 8832 section 6).
            _queue.Enqueue(streamId, PayloadProtocol.Dcep, DcepOpenView.Write(channel.Label, channel.Options));
        }

        ReportOpened(channel);
        return true;
    }

    private ushort? FreeStreamId()
    {
        int parity = _nextStreamId & 1;
        for (int tries = 0; tries <= LastStreamId / 2; tries++)
        {
            int id = _nextStreamId;
            _nextStreamId = id + 2 > LastStreamId || id + 2 >= _peerInboundStreams ? parity : id + 2;
            if (!_channelsByStream.ContainsKey((ushort)id))
            {
                return (ushort)id;
            }
        }

        return null;
    }

    private void HandOnMessages()
    {
        while (_reassembly.TryTake(out IncomingMessage message))
        {
            if (message.Protocol == PayloadProtocol.Dcep)
            {
                HandleDcep(message.StreamId, message.Payload);
                _reassembly.Release(message);
            }
            else if (!TryHandOn(message))
            {
                _reassembly.Release(message);
            }
        }
    }

    private bool TryHandOn(IncomingMessage message)
    {
        if (!_channelsByStream.TryGetValue(message.StreamId, out DataChannel? channel))
        {
            Stats.Count(SctpDrop.NoChannel);
            return false;
        }

        bool known = message.Protocol is PayloadProtocol.String or PayloadProtocol.Binary or PayloadProtocol.EmptyString
            or PayloadProtocol.EmptyBinary;
        if (!known)
        {
            Stats.Count(SctpDrop.UnknownProtocol);
            return false;
        }

        // Whoever speaks on the channel knows of it, even if the acknowledgement of its opening is still on the way.
        channel.IsKnownToPeer = true;
        Stats.MessagesReceived++;
        _events.Enqueue(new PendingEvent
        {
            Kind = SctpEventKind.Message,
            ChannelId = channel.Id,
            IsText = message.Protocol is PayloadProtocol.String or PayloadProtocol.EmptyString,
            IsEmpty = message.Protocol is PayloadProtocol.EmptyString or PayloadProtocol.EmptyBinary,
            Message = message,
        });
        return true;
    }

    private void HandleDcep(ushort streamId, ReadOnlySpan<byte> payload)
    {
        _channelsByStream.TryGetValue(streamId, out DataChannel? channel);
        if (payload.Length == 1 && payload[0] == DcepOpenView.AckType && channel is not null)
        {
            channel.IsKnownToPeer = true;
            return;
        }

        if (channel is not null || streamId > LastStreamId || !DcepOpenView.TryParse(payload, out DcepOpenView open))
        {
            Stats.Count(SctpDrop.BadDcep);
            return;
        }

        if (_channels.Count >= _options.MaxChannels)
        {
            Fail($"the other end opened more than {_options.MaxChannels} channels", tellPeer: true);
            return;
        }

        var options = new ChannelOptions
        {
            Ordered = open.Ordered,
            MaxRetransmits = open.MaxRetransmits,
            MaxLifetimeMs = open.MaxLifetimeMs,
            Protocol = open.Protocol,
        };
        channel = new DataChannel(_nextChannelId++, open.Label, options, isRemote: true) { StreamId = streamId, Phase = ChannelPhase.Open };
        _channels.Add(channel.Id, channel);
        _channelsByStream.Add(streamId, channel);
        _queue.Enqueue(streamId, PayloadProtocol.Dcep, [DcepOpenView.AckType]);
        ReportOpened(channel);
    }

    private void ReportOpened(DataChannel channel) => _events.Enqueue(new PendingEvent
    {
        Kind = SctpEventKind.ChannelOpened,
        ChannelId = channel.Id,
        Text = channel.Label,
        Protocol = channel.Options.Protocol,
        IsRemote = channel.IsRemote,
    });

    private void ReportClosed(DataChannel channel) =>
        _events.Enqueue(new PendingEvent { Kind = SctpEventKind.ChannelClosed, ChannelId = channel.Id, Text = channel.Label });
}
