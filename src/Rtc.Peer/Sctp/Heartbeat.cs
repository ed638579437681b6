using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

/// <summary>
/// Asks an idle association's other end whether it is still there, and answers when asked (RFC 9260 section 8.3). What a
/// HEARTBEAT carries is the time of its sending.
/// </summary>
internal sealed class Heartbeat(AssociationContext context, DataSender sender)
{
    private const int InfoLength = 12;
    private const int MaxEcho = 512;

    private bool _due;
    private byte[] _reply = [];
    private int _replyLength;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    public void Begin(Instant now) => NextDeadline = now + context.Options.HeartbeatInterval;

    public void Advance(Instant now)
    {
        if (NextDeadline <= now)
        {
            NextDeadline = now + context.Options.HeartbeatInterval;
            _due = context.State == AssociationState.Established && sender.AllAcknowledged;
        }
    }

    public void WriteReply(ref SctpPacketWriter packet)
    {
        if (_replyLength > 0)
        {
            _reply.AsSpan(0, _replyLength).CopyTo(packet.Chunk(ChunkType.HeartbeatAck, 0, _replyLength));
            _replyLength = 0;
        }
    }

    public void Write(Instant now, ref SctpPacketWriter packet)
    {
        if (!_due || packet.Room < InfoLength + SctpSizes.ChunkHeader)
        {
            return;
        }

        _due = false;
        Span<byte> body = packet.Chunk(ChunkType.Heartbeat, 0, InfoLength);
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)ParameterType.HeartbeatInfo);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], InfoLength);
        BinaryPrimitives.WriteInt64BigEndian(body[4..], now.Microseconds);
    }

    public bool HandleRequest(ReadOnlySpan<byte> body)
    {
        if (context.State < AssociationState.Established || body.Length is < SctpSizes.ChunkHeader or > MaxEcho)
        {
            return context.Drop(SctpDrop.UnexpectedChunk);
        }

        if (_reply.Length == 0)
        {
            _reply = new byte[MaxEcho];
        }

        body.CopyTo(_reply);
        _replyLength = body.Length;
        return true;
    }

    public bool HandleReply(Instant now, ReadOnlySpan<byte> body)
    {
        if (body.Length == InfoLength)
        {
            long sent = BinaryPrimitives.ReadInt64BigEndian(body[4..]);
            TimeSpan trip = now - new Instant(sent);
            // Our own figure came back; a made-up one is caught by its size.
            if (sent >= 0 && sent <= now.Microseconds && trip < context.Options.HeartbeatInterval)
            {
                context.Rto.Measured(trip);
            }
        }

        return true;
    }

    public void Clear() => NextDeadline = Instant.Never;
}
