using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

/// <summary>
/// How a channel is closed (RFC 8831 section 6.7): each end resets the stream that it sends on (RFC 6525), one request at a
/// time, and the channel is gone when both have.
/// </summary>
internal sealed class StreamReset(
    AssociationContext context, DataChannels channels, DataSender sender, DataReceiver receiver, SendQueue queue, Reassembly reassembly,
    Tsn firstTsn)
{
    private const int MaxStreamsARequest = 256;

    private enum Result : uint
    {
        NothingToDo = 0,
        Performed = 1,
        Denied = 2,
        WrongSequenceNumber = 5,
        InProgress = 6,
    }

    // Our request: the channels whose streams are in it, and its number.
    private readonly List<DataChannel> _resetting = [];
    private bool _due;
    private int _tries;
    private uint _number;
    private uint _nextNumber = firstTsn.Value;
    private Tsn _lastTsn;

    // The other end's: the number that comes next, and what was answered last.
    private readonly List<ushort> _deferredStreams = [];
    private uint _expectedNumber;
    private Tsn? _deferredUntil;
    private Result _lastResult;
    private (uint Number, Result Result)? _responseDue;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>Requests of the other end count from its first TSN.</summary>
    public void Begin(Tsn firstTsn) => _expectedNumber = firstTsn.Value;

    public void Write(Instant now, ref SctpPacketWriter packet)
    {
        CollectResets();
        if (_responseDue is { } response && packet.Room >= 16)
        {
            _responseDue = null;
            Span<byte> body = packet.Chunk(ChunkType.Reconfig, 0, 12);
            BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)ParameterType.ReconfigResponse);
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], 12);
            BinaryPrimitives.WriteUInt32BigEndian(body[4..], response.Number);
            BinaryPrimitives.WriteUInt32BigEndian(body[8..], (uint)response.Result);
        }

        int length = SctpSizes.DataHeader + (_resetting.Count * 2);
        if (_due && packet.Room >= SctpSizes.ChunkHeader + SctpSizes.Padded(length))
        {
            _due = false;
            NextDeadline = now + context.Rto.Value;
            Span<byte> body = packet.Chunk(ChunkType.Reconfig, 0, length);
            BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)ParameterType.OutgoingReset);
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)length);
            BinaryPrimitives.WriteUInt32BigEndian(body[4..], _number);
            BinaryPrimitives.WriteUInt32BigEndian(body[8..], _expectedNumber - 1);
            BinaryPrimitives.WriteUInt32BigEndian(body[12..], _lastTsn.Value);
            for (int i = 0; i < _resetting.Count; i++)
            {
                BinaryPrimitives.WriteUInt16BigEndian(body[(16 + (i * 2))..], _resetting[i].StreamId!.Value);
            }
        }
    }

    public void Advance(Instant now)
    {
        if (NextDeadline > now)
        {
            return;
        }

        NextDeadline = Instant.Never;
        if (_resetting.Count == 0)
        {
            return;
        }

        _tries++;
        if (_tries > context.Options.MaxRetransmissions)
        {
            context.Fail("the other end does not answer a stream reset", tellPeer: true);
            return;
        }

        context.Rto.BackOff();
        _due = true;
        NextDeadline = now + context.Rto.Value;
    }

    public bool HandleReconfig(Instant now, ReadOnlySpan<byte> body)
    {
        if (!receiver.HasBegun || context.State < AssociationState.Established)
        {
            return context.Drop(SctpDrop.UnexpectedChunk);
        }

        var parameters = new ParameterReader(body);
        while (!context.IsClosed && parameters.TryRead(out ParameterType type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case ParameterType.OutgoingReset when OutgoingResetView.TryParse(value, out OutgoingResetView reset):
                    HandleRequest(reset);
                    break;
                case ParameterType.ReconfigResponse when value.Length >= 8:
                    HandleResponse(
                        now, BinaryPrimitives.ReadUInt32BigEndian(value), (Result)BinaryPrimitives.ReadUInt32BigEndian(value[4..]));
                    break;
                case ParameterType.IncomingReset or ParameterType.SsnTsnReset or ParameterType.AddOutgoingStreams
                    or ParameterType.AddIncomingStreams
                    when value.Length >= 4:
                    HandleOtherRequest(BinaryPrimitives.ReadUInt32BigEndian(value));
                    break;
                default:
                    context.Stats.Count(SctpDrop.Malformed);
                    break;
            }
        }

        return !parameters.IsMalformed || context.Drop(SctpDrop.Malformed);
    }

    /// <summary>Performs the other end's request once everything that it sent before has arrived.</summary>
    public void PerformDeferred()
    {
        if (_deferredUntil is not { } until || context.IsClosed || receiver.Cumulative < until)
        {
            return;
        }

        _deferredUntil = null;
        _lastResult = Result.Performed;
        _responseDue = (_expectedNumber - 1, Result.Performed);
        if (_deferredStreams.Count == 0)
        {
            _deferredStreams.AddRange(channels.StreamIds);
        }

        foreach (ushort streamId in _deferredStreams)
        {
            reassembly.Reset(streamId);
            if (channels.OnStream(streamId) is not { } channel)
            {
                continue;
            }

            channel.IncomingIsReset = true;
            if (channel.Phase == ChannelPhase.Open)
            {
                // The other end closed the channel and reads no more: what hasn't left is dropped.
                if (queue.FindStream(streamId) is { } stream)
                {
                    queue.DropWaiting(stream);
                }

                channels.BeginClosing(channel);
            }

            channels.FinishIfReset(channel);
        }
    }

    public void Clear() => NextDeadline = Instant.Never;

    // A stream is ready to be reset when everything sent on it was acknowledged or given up.
    private void CollectResets()
    {
        IReadOnlyList<DataChannel> closing = channels.Closing;
        if (_resetting.Count > 0 || closing.Count == 0)
        {
            return;
        }

        for (int i = closing.Count - 1; i >= 0; i--)
        {
            DataChannel channel = closing[i];
            ushort streamId = channel.StreamId!.Value;
            if (channel.OutgoingIsReset || _resetting.Count == MaxStreamsARequest || queue.FindStream(streamId) is { MessagesHeld: > 0 })
            {
                continue;
            }

            if (context.Peer.Reconfig)
            {
                _resetting.Add(channel);
                channel.IsBeingReset = true;
            }
            else
            {
                // The other end can't; the id stays used up, but the channel is over.
                EndUnreset(channel);
            }
        }

        if (_resetting.Count > 0)
        {
            _number = _nextNumber++;
            _lastTsn = sender.LastTsn;
            _due = true;
            _tries = 0;
        }
    }

    // Where the other end has reset its direction nothing of before is held, and what is may be the next channel's.
    private void EndUnreset(DataChannel channel)
    {
        if (!channel.IncomingIsReset)
        {
            reassembly.Reset(channel.StreamId!.Value);
        }

        channel.OutgoingIsReset = channel.IncomingIsReset = true;
        channels.FinishIfReset(channel);
    }

    private void HandleRequest(OutgoingResetView reset)
    {
        if (reset.RequestNumber == _expectedNumber - 1)
        {
            // Asked again: our answer was lost, or said to wait.
            _responseDue = (reset.RequestNumber, _lastResult);
            return;
        }

        if (reset.RequestNumber != _expectedNumber)
        {
            _responseDue = (reset.RequestNumber, Result.WrongSequenceNumber);
            return;
        }

        _expectedNumber++;
        _deferredStreams.Clear();
        for (int i = 0; i < reset.StreamCount; i++)
        {
            _deferredStreams.Add(reset.StreamId(i));
        }

        // Messages up to the last TSN still belong to the old numbering (RFC 6525 section 5.2.2, E2).
        _deferredUntil = reset.LastTsn;
        _lastResult = Result.InProgress;
        channels.HandOnMessages();
        PerformDeferred();
        _responseDue = (reset.RequestNumber, _lastResult);
    }

    private void HandleOtherRequest(uint number)
    {
        if (number == _expectedNumber)
        {
            _expectedNumber++;
            _lastResult = Result.Denied;
        }

        _responseDue = (number, number == _expectedNumber - 1 ? _lastResult : Result.WrongSequenceNumber);
    }

    private void HandleResponse(Instant now, uint number, Result result)
    {
        if (_resetting.Count == 0 || number != _number)
        {
            return;
        }

        if (result == Result.InProgress)
        {
            // It waits for data of ours; the same question again later.
            NextDeadline = now + context.Rto.Value;
            return;
        }

        NextDeadline = Instant.Never;
        _due = false;
        DataChannel[] done = [.. _resetting];
        _resetting.Clear();
        foreach (DataChannel channel in done)
        {
            // A refusal ends the channel as well: asking again would get the same answer. The stream may be another one's by now.
            if (channels.OnStream(channel.StreamId!.Value) == channel)
            {
                channel.OutgoingIsReset = true;
                if (result is Result.Performed or Result.NothingToDo)
                {
                    channels.FinishIfReset(channel);
                }
                else
                {
                    EndUnreset(channel);
                }
            }
        }
    }
}
