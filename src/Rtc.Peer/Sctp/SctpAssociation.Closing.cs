using System.Buffers.Binary;
using System.Text;

namespace Rtc.Peer.Sctp;

// The two ends of an association: SHUTDOWN, which waits for what was sent, and ABORT, which doesn't (RFC 9260 section 9).
internal sealed partial class SctpAssociation
{
    private const ushort UserAbortCause = 12;
    private const int LongestReason = 200;

    private enum LastWord : byte
    {
        None,
        Abort,
        ShutdownComplete,
    }

    private LastWord _lastWord;
    private string _abortReason = "";
    private Instant _shutdownAt = Instant.Never;
    private bool _shutdownDue;
    private int _shutdownTries;

    /// <summary>Ends the association after everything sent has arrived; nothing new is taken from now on.</summary>
    public void Shutdown()
    {
        if (_state == State.Established)
        {
            _state = State.ShutdownPending;
        }
    }

    private bool HasUnsentOrUnacknowledged => _outstanding.Count > 0 || _queue.MessagesHeld > 0;

    private void WriteShutdown(Instant now, ref SctpPacketWriter packet)
    {
        if (_state is State.ShutdownPending or State.ShutdownReceived && !HasUnsentOrUnacknowledged)
        {
            _state = _state == State.ShutdownPending ? State.ShutdownSent : State.ShutdownAckSent;
            _shutdownDue = true;
        }

        if (!_shutdownDue || packet.Room < 8)
        {
            return;
        }

        _shutdownDue = false;
        _shutdownAt = now + _rto.Value;
        if (_state == State.ShutdownSent)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.Chunk(ChunkType.Shutdown, 0, 4), _received!.Cumulative.Value);
        }
        else if (_state == State.ShutdownAckSent)
        {
            packet.Chunk(ChunkType.ShutdownAck, 0, 0);
        }
    }

    private void ShutdownTimedOut(Instant now)
    {
        _shutdownTries++;
        if (_shutdownTries > _options.MaxRetransmissions)
        {
            Fail("the other end does not answer the shutdown", tellPeer: true);
            return;
        }

        _rto.BackOff();
        _shutdownDue = true;
        _shutdownAt = now + _rto.Value;
    }

    private bool HandleShutdown(Instant now, ReadOnlySpan<byte> body)
    {
        if (body.Length != 4)
        {
            return Drop(SctpDrop.Malformed);
        }

        switch (_state)
        {
            case State.Established or State.ShutdownPending or State.ShutdownReceived:
                _state = State.ShutdownReceived;
                break;
            case State.ShutdownSent:
                // Both at once: each acknowledges the other's (section 9.2).
                _state = State.ShutdownAckSent;
                _shutdownDue = true;
                break;
            case State.ShutdownAckSent:
                _shutdownDue = true;
                break;
            default:
                return Drop(SctpDrop.UnexpectedChunk);
        }

        // It acknowledges like a SACK without gaps.
        Span<byte> sack = stackalloc byte[SctpSizes.SackBody];
        sack.Clear();
        body.CopyTo(sack);
        BinaryPrimitives.WriteUInt32BigEndian(sack[4..], _peerWindow);
        return HandleSack(now, sack);
    }

    private bool HandleShutdownAck()
    {
        if (_state is not (State.ShutdownSent or State.ShutdownAckSent))
        {
            return Drop(SctpDrop.UnexpectedChunk);
        }

        _lastWord = LastWord.ShutdownComplete;
        Finish("shut down");
        return false;
    }

    private bool HandleShutdownComplete()
    {
        if (_state != State.ShutdownAckSent)
        {
            return Drop(SctpDrop.UnexpectedChunk);
        }

        Finish("shut down by the other end");
        return false;
    }

    private bool HandleAbort(ReadOnlySpan<byte> body)
    {
        string reason = "the other end aborted the association";
        var causes = new ParameterReader(body);
        if (causes.TryRead(out ParameterType cause, out ReadOnlySpan<byte> text))
        {
            reason += (ushort)cause == UserAbortCause && !text.IsEmpty
                ? ": " + Printable(text)
                : $" (cause {(ushort)cause})";
        }

        Fail(reason, tellPeer: false);
        return false;
    }

    // The reason goes into logs: no control characters from outside.
    private static string Printable(ReadOnlySpan<byte> text)
    {
        Span<char> line = stackalloc char[Math.Min(text.Length, LongestReason)];
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = text[i] is >= 0x20 and < 0x7F ? (char)text[i] : '?';
        }

        return line.ToString();
    }

    private int WriteLastWord(Span<byte> buffer)
    {
        var packet = new SctpPacketWriter(buffer, _options.LocalPort, _remotePort, _peerTag);
        if (_lastWord == LastWord.ShutdownComplete)
        {
            packet.Chunk(ChunkType.ShutdownComplete, 0, 0);
        }
        else
        {
            int length = Math.Min(Encoding.ASCII.GetByteCount(_abortReason), LongestReason);
            Span<byte> body = packet.Chunk(ChunkType.Abort, 0, SctpSizes.ChunkHeader + length);
            BinaryPrimitives.WriteUInt16BigEndian(body, UserAbortCause);
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)(SctpSizes.ChunkHeader + length));
            Encoding.ASCII.GetBytes(_abortReason.AsSpan(0, length), body[4..]);
        }

        _lastWord = LastWord.None;
        // Before the other end's INIT ACK there is nobody to tell.
        return _peerTag == 0 ? 0 : packet.Finish();
    }
}
