using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

// Stream reset (RFC 6525): how a channel is closed (RFC 8831 section 6.7). Each end resets what it sends;
// the channel is gone when both have.
internal sealed partial class SctpAssociation
{
    private const int MaxStreamsARequest = 256;

    private enum ResetResult : uint
    {
        NothingToDo = 0,
        Performed = 1,
        Denied = 2,
        WrongSequenceNumber = 5,
        InProgress = 6,
    }

    private readonly List<DataChannel> _closing = [];
    private readonly List<ushort> _resetting = [];
    private readonly List<ushort> _deferredStreams = [];
    private Instant _resetAt = Instant.Never;
    private bool _resetDue;
    private uint _resetNumber;
    private Tsn _resetLastTsn;
    private uint _nextRequestNumber;
    private uint _expectedRequestNumber;
    private Tsn? _deferredUntil;
    private ResetResult _lastResult;
    private (uint Number, ResetResult Result)? _responseDue;
    private int _resetTries;

    private void BeginClosing(DataChannel channel)
    {
        channel.Phase = ChannelPhase.Closing;
        _closing.Add(channel);
    }

    // A stream is ready to be reset when everything sent on it was acknowledged or given up.
    private void CollectResets()
    {
        if (_resetting.Count > 0 || _closing.Count == 0)
        {
            return;
        }

        for (int i = _closing.Count - 1; i >= 0; i--)
        {
            DataChannel channel = _closing[i];
            ushort streamId = channel.StreamId!.Value;
            if (channel.OutgoingIsReset || _resetting.Count == MaxStreamsARequest || _queue.FindStream(streamId) is { MessagesHeld: > 0 })
            {
                continue;
            }

            if (_peerReconfig)
            {
                _resetting.Add(streamId);
            }
            else
            {
                // The other end can't; the id stays used up, but the channel is over.
                channel.OutgoingIsReset = channel.IncomingIsReset = true;
                FinishIfReset(channel);
            }
        }

        if (_resetting.Count > 0)
        {
            _resetNumber = _nextRequestNumber++;
            _resetLastTsn = _outstanding.NextTsn.Previous;
            _resetDue = true;
            _resetTries = 0;
        }
    }

    private void WriteReconfig(Instant now, ref SctpPacketWriter packet)
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
        if (_resetDue && packet.Room >= SctpSizes.ChunkHeader + SctpSizes.Padded(length))
        {
            _resetDue = false;
            _resetAt = now + _rto.Value;
            Span<byte> body = packet.Chunk(ChunkType.Reconfig, 0, length);
            BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)ParameterType.OutgoingReset);
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)length);
            BinaryPrimitives.WriteUInt32BigEndian(body[4..], _resetNumber);
            BinaryPrimitives.WriteUInt32BigEndian(body[8..], _expectedRequestNumber - 1);
            BinaryPrimitives.WriteUInt32BigEndian(body[12..], _resetLastTsn.Value);
            for (int i = 0; i < _resetting.Count; i++)
            {
                BinaryPrimitives.WriteUInt16BigEndian(body[(16 + (i * 2))..], _resetting[i]);
            }
        }
    }

    private void ResetTimedOut(Instant now)
    {
        _resetAt = Instant.Never;
        if (_resetting.Count == 0)
        {
            return;
        }

        _resetTries++;
        if (_resetTries > _options.MaxRetransmissions)
        {
            Fail("the other end does not answer a stream reset", tellPeer: true);
            return;
        }

        _rto.BackOff();
        _resetDue = true;
        _resetAt = now + _rto.Value;
    }

    private bool HandleReconfig(Instant now, ReadOnlySpan<byte> body)
    {
        if (_received is null || _state < State.Established)
        {
            return Drop(SctpDrop.UnexpectedChunk);
        }

        var parameters = new ParameterReader(body);
        while (parameters.TryRead(out ParameterType type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case ParameterType.OutgoingReset when OutgoingResetView.TryParse(value, out OutgoingResetView reset):
                    HandleResetRequest(reset);
                    break;
                case ParameterType.ReconfigResponse when value.Length >= 8:
                    HandleResetResponse(
                        now, BinaryPrimitives.ReadUInt32BigEndian(value), (ResetResult)BinaryPrimitives.ReadUInt32BigEndian(value[4..]));
                    break;
                case ParameterType.IncomingReset or ParameterType.SsnTsnReset or ParameterType.AddOutgoingStreams
                    or ParameterType.AddIncomingStreams
                    when value.Length >= 4:
                    HandleOtherRequest(BinaryPrimitives.ReadUInt32BigEndian(value));
                    break;
                default:
                    Stats.Count(SctpDrop.Malformed);
                    break;
            }
        }

        return !parameters.IsMalformed || Drop(SctpDrop.Malformed);
    }

    private void HandleResetRequest(OutgoingResetView reset)
    {
        if (reset.RequestNumber == _expectedRequestNumber - 1)
        {
            // Asked again: our answer was lost, or said to wait.
            _responseDue = (reset.RequestNumber, _lastResult);
            return;
        }

        if (reset.RequestNumber != _expectedRequestNumber)
        {
            _responseDue = (reset.RequestNumber, ResetResult.WrongSequenceNumber);
            return;
        }

        _expectedRequestNumber++;
        _deferredStreams.Clear();
        for (int i = 0; i < reset.StreamCount; i++)
        {
            _deferredStreams.Add(reset.StreamId(i));
        }

        // Messages up to the last TSN still belong to the old numbering (RFC 6525 section 5.2.2, E2).
        _deferredUntil = reset.LastTsn;
        _lastResult = ResetResult.InProgress;
        HandOnMessages();
        PerformDeferredReset();
        _responseDue = (reset.RequestNumber, _lastResult);
    }

    private void HandleOtherRequest(uint number)
    {
        if (number == _expectedRequestNumber)
        {
            _expectedRequestNumber++;
            _lastResult = ResetResult.Denied;
        }

        _responseDue = (number, number == _expectedRequestNumber - 1 ? _lastResult : ResetResult.WrongSequenceNumber);
    }

    private void PerformDeferredReset()
    {
        if (_deferredUntil is not { } until || _received is null || _received.Cumulative < until || _state == State.Closed)
        {
            return;
        }

        _deferredUntil = null;
        _lastResult = ResetResult.Performed;
        _responseDue = (_expectedRequestNumber - 1, ResetResult.Performed);
        if (_deferredStreams.Count == 0)
        {
            _deferredStreams.AddRange(_channelsByStream.Keys);
        }

        foreach (ushort streamId in _deferredStreams)
        {
            _reassembly.Reset(streamId);
            if (!_channelsByStream.TryGetValue(streamId, out DataChannel? channel))
            {
                continue;
            }

            channel.IncomingIsReset = true;
            if (channel.Phase == ChannelPhase.Open)
            {
                // Nobody listens any more: what hasn't left is dropped.
                if (_queue.FindStream(streamId) is { } stream)
                {
                    _queue.DropWaiting(stream);
                }

                BeginClosing(channel);
            }

            FinishIfReset(channel);
        }
    }

    private void HandleResetResponse(Instant now, uint number, ResetResult result)
    {
        if (_resetting.Count == 0 || number != _resetNumber)
        {
            return;
        }

        if (result == ResetResult.InProgress)
        {
            // It waits for data of ours; the same question again later.
            _resetAt = now + _rto.Value;
            return;
        }

        _resetAt = Instant.Never;
        _resetDue = false;
        ushort[] done = [.. _resetting];
        _resetting.Clear();
        foreach (ushort streamId in done)
        {
            // A refusal ends the channel as well: asking again would get the same answer.
            if (_channelsByStream.TryGetValue(streamId, out DataChannel? channel))
            {
                channel.OutgoingIsReset = true;
                channel.IncomingIsReset |= result is not (ResetResult.Performed or ResetResult.NothingToDo);
                FinishIfReset(channel);
            }
        }
    }

    private void FinishIfReset(DataChannel channel)
    {
        if (!channel.OutgoingIsReset || !channel.IncomingIsReset)
        {
            return;
        }

        ushort streamId = channel.StreamId!.Value;
        _closing.Remove(channel);
        _channels.Remove(channel.Id);
        _channelsByStream.Remove(streamId);
        _queue.Remove(streamId);
        _reassembly.Reset(streamId);
        ReportClosed(channel);
    }
}
