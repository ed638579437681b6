using System.Text;

namespace Rtc.Peer.Sctp;

/// <summary>
/// The data channels of an association: opening them, by this end or by the other one's DCEP message, sending on them and
/// handing on what arrives (RFC 8831 section 6, RFC 8832). <see cref="StreamReset"/> closes them.
/// </summary>
internal sealed class DataChannels(AssociationContext context, SendQueue queue, Reassembly reassembly)
{
    // 65535 is not a stream id for channels (RFC 8832 section 6).
    private const int LastStreamId = 65534;
    private const int MaxLabel = 65535;

    private readonly Dictionary<int, DataChannel> _channels = [];
    private readonly Dictionary<ushort, DataChannel> _byStream = [];
    private readonly List<DataChannel> _closing = [];
    private int _nextChannelId;
    private int _nextStreamId;
    private int _remoteMaxMessageSize;

    public int Count => _channels.Count;

    /// <summary>Streams that have a channel.</summary>
    public IEnumerable<ushort> StreamIds => _byStream.Keys;

    /// <summary>Channels whose streams have still to be reset.</summary>
    public IReadOnlyList<DataChannel> Closing => _closing;

    public DataChannel? OnStream(ushort streamId) => _byStream.GetValueOrDefault(streamId);

    /// <summary>The DTLS client's channels have even stream ids (RFC 8832 section 6).</summary>
    public void Begin(bool isDtlsClient, int remoteMaxMessageSize)
    {
        _nextStreamId = isDtlsClient ? 0 : 1;
        _remoteMaxMessageSize = remoteMaxMessageSize;
    }

    /// <summary>The association stands: what was opened before it did is announced.</summary>
    public void OpenWaiting()
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

    /// <returns>The channel's number, −1 when there are too many.</returns>
    public int Open(string label, ChannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (options is { MaxRetransmits: not null, MaxLifetimeMs: not null } or { MaxRetransmits: < 0 } or { MaxLifetimeMs: < 0 })
        {
            throw new ArgumentException("a channel is limited by retransmissions or by lifetime, not by both", nameof(options));
        }

        if (Encoding.UTF8.GetByteCount(label) > MaxLabel || Encoding.UTF8.GetByteCount(options.Protocol) > MaxLabel)
        {
            throw new ArgumentException("a channel's label and protocol have at most 65,535 bytes", nameof(label));
        }

        if (context.IsClosed || _channels.Count >= context.Options.MaxChannels)
        {
            return -1;
        }

        var channel = new DataChannel(_nextChannelId++, label, options, isRemote: false);
        _channels.Add(channel.Id, channel);
        if (context.IsConnected && !TryBegin(channel))
        {
            _channels.Remove(channel.Id);
            return -1;
        }

        return channel.Id;
    }

    public SctpSendResult Send(Instant now, int channelId, ReadOnlySpan<byte> payload, bool isText)
    {
        if (context.State != AssociationState.Established
            || !_channels.TryGetValue(channelId, out DataChannel? channel)
            || channel.Phase != ChannelPhase.Open)
        {
            return SctpSendResult.NotOpen;
        }

        if (payload.Length > _remoteMaxMessageSize)
        {
            return SctpSendResult.TooLarge;
        }

        if (!queue.HasRoomFor(payload.Length))
        {
            return SctpSendResult.BufferFull;
        }

        // SCTP has no empty messages: one byte goes in its place (RFC 8831 section 6.6).
        PayloadProtocol protocol = payload.IsEmpty
            ? isText ? PayloadProtocol.EmptyString : PayloadProtocol.EmptyBinary
            : isText ? PayloadProtocol.String : PayloadProtocol.Binary;
        OutgoingMessage message = queue.Enqueue(channel.StreamId!.Value, protocol, payload.IsEmpty ? [0] : payload);
        message.Unordered = !channel.Options.Ordered && channel.IsKnownToPeer;
        message.MaxRetransmits = channel.Options.MaxRetransmits ?? -1;
        message.Expiry = channel.Options.MaxLifetimeMs is { } lifetime ? now + TimeSpan.FromMilliseconds(lifetime) : Instant.Never;
        context.Stats.MessagesSent++;
        return SctpSendResult.Queued;
    }

    public long BufferedAmount(int channelId) =>
        _channels.TryGetValue(channelId, out DataChannel? channel) && channel.StreamId is { } stream
            ? queue.FindStream(stream)?.BufferedBytes ?? 0
            : 0;

    public void Close(int channelId)
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

    public void BeginClosing(DataChannel channel)
    {
        channel.Phase = ChannelPhase.Closing;
        _closing.Add(channel);
    }

    /// <summary>A channel is gone once both directions of its stream are reset.</summary>
    public void FinishIfReset(DataChannel channel)
    {
        if (channel.OutgoingIsReset && channel.IncomingIsReset)
        {
            Remove(channel);
        }
    }

    /// <summary>Whole messages become events; those of DCEP open channels.</summary>
    public void HandOnMessages()
    {
        while (!context.IsClosed && reassembly.TryTake(out IncomingMessage message))
        {
            if (message.Protocol == PayloadProtocol.Dcep)
            {
                HandleDcep(message.StreamId, message.Payload);
                reassembly.Release(message);
            }
            else if (!TryHandOn(message))
            {
                reassembly.Release(message);
            }
        }
    }

    /// <summary>The association is over, and its channels with it.</summary>
    public void Clear()
    {
        foreach (DataChannel channel in _channels.Values.OrderBy(channel => channel.Id))
        {
            ReportClosed(channel);
        }

        _channels.Clear();
        _byStream.Clear();
        _closing.Clear();
    }

    private bool TryBegin(DataChannel channel)
    {
        ushort? id = channel.Options.NegotiatedId ?? FreeStreamId();
        if (id is not { } streamId
            || streamId > LastStreamId
            || streamId >= context.Peer.InboundStreams
            || !_byStream.TryAdd(streamId, channel))
        {
            return false;
        }

        channel.StreamId = streamId;
        channel.Phase = ChannelPhase.Open;
        if (channel.Options.NegotiatedId is null)
        {
            // Ordered and reliable, whatever the channel is (RFC 8832 section 6).
            queue.Enqueue(streamId, PayloadProtocol.Dcep, DcepOpenView.Write(channel.Label, channel.Options));
        }

        ReportOpened(channel);
        return true;
    }

    private void Remove(DataChannel channel)
    {
        ushort streamId = channel.StreamId!.Value;
        _closing.Remove(channel);
        _channels.Remove(channel.Id);
        _byStream.Remove(streamId);
        queue.Remove(streamId);
        ReportClosed(channel);
    }

    private ushort? FreeStreamId()
    {
        int parity = _nextStreamId & 1;
        for (int tries = 0; tries <= LastStreamId / 2; tries++)
        {
            int id = _nextStreamId;
            _nextStreamId = id + 2 > LastStreamId || id + 2 >= context.Peer.InboundStreams ? parity : id + 2;
            if (!_byStream.ContainsKey((ushort)id))
            {
                return (ushort)id;
            }
        }

        return null;
    }

    private bool TryHandOn(IncomingMessage message)
    {
        if (!_byStream.TryGetValue(message.StreamId, out DataChannel? channel))
        {
            return context.Drop(SctpDrop.NoChannel);
        }

        bool known = message.Protocol is PayloadProtocol.String or PayloadProtocol.Binary or PayloadProtocol.EmptyString
            or PayloadProtocol.EmptyBinary;
        if (!known)
        {
            return context.Drop(SctpDrop.UnknownProtocol);
        }

        // An end that sends on the channel knows of it, even if its acknowledgement of the opening is still under way.
        channel.IsKnownToPeer = true;
        context.Stats.MessagesReceived++;
        context.Events.Enqueue(new PendingEvent
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
        _byStream.TryGetValue(streamId, out DataChannel? channel);
        if (payload.Length == 1 && payload[0] == DcepOpenView.AckType && channel is not null)
        {
            channel.IsKnownToPeer = true;
            return;
        }

        bool isFree = channel is null or { IncomingIsReset: true, IsBeingReset: true };
        if (!isFree || streamId > LastStreamId || !DcepOpenView.TryParse(payload, out DcepOpenView open))
        {
            context.Stats.Count(SctpDrop.BadDcep);
            return;
        }

        if (channel is not null)
        {
            // The other end takes a stream again once both directions are reset: its answer to our request was lost, or is late.
            Remove(channel);
        }

        if (_channels.Count >= context.Options.MaxChannels)
        {
            context.Fail($"the other end opened more than {context.Options.MaxChannels} channels", tellPeer: true);
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
        _byStream.Add(streamId, channel);
        queue.Enqueue(streamId, PayloadProtocol.Dcep, [DcepOpenView.AckType]);
        ReportOpened(channel);
    }

    private void ReportOpened(DataChannel channel) => context.Events.Enqueue(new PendingEvent
    {
        Kind = SctpEventKind.ChannelOpened,
        ChannelId = channel.Id,
        Text = channel.Label,
        Protocol = channel.Options.Protocol,
        IsRemote = channel.IsRemote,
    });

    private void ReportClosed(DataChannel channel) =>
        context.Events.Enqueue(new PendingEvent { Kind = SctpEventKind.ChannelClosed, ChannelId = channel.Id, Text = channel.Label });
}
