using System.Buffers.Binary;
using System.Text;

namespace Rtc.Peer.Sctp;

/// <summary>
/// The two ways in which an association ends: SHUTDOWN, which waits for what was sent, and ABORT, which doesn't
/// (RFC 9260 section 9).
/// </summary>
internal sealed class AssociationEnd(AssociationContext context, DataSender sender, DataReceiver receiver)
{
    private const ushort UserAbortCause = 12;
    private const int MaxReason = 200;

    private bool _due;
    private int _tries;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>Nothing new is sent from now on; SHUTDOWN follows once everything has arrived.</summary>
    public void Begin()
    {
        if (context.State == AssociationState.Established)
        {
            context.State = AssociationState.ShutdownPending;
        }
    }

    public void Write(Instant now, ref SctpPacketWriter packet)
    {
        if (context.State is AssociationState.ShutdownPending or AssociationState.ShutdownReceived && sender.AllDelivered)
        {
            context.State = context.State == AssociationState.ShutdownPending
                ? AssociationState.ShutdownSent
                : AssociationState.ShutdownAckSent;
            _due = true;
        }

        if (!_due || packet.Room < 8)
        {
            return;
        }

        _due = false;
        NextDeadline = now + context.Rto.Value;
        if (context.State == AssociationState.ShutdownSent)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.Chunk(ChunkType.Shutdown, 0, 4), receiver.Cumulative.Value);
        }
        else if (context.State == AssociationState.ShutdownAckSent)
        {
            packet.Chunk(ChunkType.ShutdownAck, 0, 0);
        }
    }

    public void Advance(Instant now)
    {
        if (NextDeadline > now)
        {
            return;
        }

        _tries++;
        if (_tries > context.Options.MaxRetransmissions)
        {
            context.Fail("the other end does not answer the shutdown", tellPeer: true);
            return;
        }

        context.Rto.BackOff();
        _due = true;
        NextDeadline = now + context.Rto.Value;
    }

    public bool HandleShutdown(Instant now, ReadOnlySpan<byte> body)
    {
        if (body.Length != 4)
        {
            return context.Drop(SctpDrop.Malformed);
        }

        switch (context.State)
        {
            case AssociationState.Established or AssociationState.ShutdownPending or AssociationState.ShutdownReceived:
                context.State = AssociationState.ShutdownReceived;
                break;
            case AssociationState.ShutdownSent:
                // Both at once: each acknowledges the other's (section 9.2).
                context.State = AssociationState.ShutdownAckSent;
                _due = true;
                break;
            case AssociationState.ShutdownAckSent:
                _due = true;
                break;
            default:
                return context.Drop(SctpDrop.UnexpectedChunk);
        }

        return sender.HandleCumulativeTsn(now, body);
    }

    public bool HandleShutdownAck()
    {
        if (context.State is not (AssociationState.ShutdownSent or AssociationState.ShutdownAckSent))
        {
            return context.Drop(SctpDrop.UnexpectedChunk);
        }

        context.FinalChunk = FinalChunk.ShutdownComplete;
        context.Finish("shut down");
        return false;
    }

    public bool HandleShutdownComplete()
    {
        if (context.State != AssociationState.ShutdownAckSent)
        {
            return context.Drop(SctpDrop.UnexpectedChunk);
        }

        context.Finish("shut down by the other end");
        return false;
    }

    public bool HandleAbort(ReadOnlySpan<byte> body)
    {
        string reason = "the other end aborted the association";
        var causes = new ParameterReader(body);
        if (causes.TryRead(out ParameterType cause, out ReadOnlySpan<byte> text))
        {
            reason += (ushort)cause == UserAbortCause && !text.IsEmpty
                ? ": " + Printable(text)
                : $" (cause {(ushort)cause})";
        }

        context.Fail(reason, tellPeer: false);
        return false;
    }

    /// <summary>Writes the chunk that an ended association still has to send.</summary>
    public int WriteFinalChunk(Span<byte> buffer)
    {
        SctpPacketWriter packet = context.Packet(buffer);
        if (context.FinalChunk == FinalChunk.ShutdownComplete)
        {
            packet.Chunk(ChunkType.ShutdownComplete, 0, 0);
        }
        else
        {
            string reason = context.CloseReason;
            int length = Math.Min(Encoding.ASCII.GetByteCount(reason), MaxReason);
            Span<byte> body = packet.Chunk(ChunkType.Abort, 0, SctpSizes.ChunkHeader + length);
            BinaryPrimitives.WriteUInt16BigEndian(body, UserAbortCause);
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)(SctpSizes.ChunkHeader + length));
            Encoding.ASCII.GetBytes(reason.AsSpan(0, length), body[4..]);
        }

        context.FinalChunk = FinalChunk.None;
        // Before the other end's INIT ACK its tag is not known, and it would take no packet of ours.
        return context.Peer.Tag == 0 ? 0 : packet.Finish();
    }

    public void Clear() => NextDeadline = Instant.Never;

    // The reason goes into logs: no control characters from outside.
    private static string Printable(ReadOnlySpan<byte> text)
    {
        Span<char> line = stackalloc char[Math.Min(text.Length, MaxReason)];
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = text[i] is >= 0x20 and < 0x7F ? (char)text[i] : '?';
        }

        return line.ToString();
    }
}
