namespace Rtc.Peer.Send;

/// <summary>
/// Writes one stream's packets when their turn has come: new ones, those asked for again, copies for lossy links, and padding for
/// probes. Owned by <see cref="VideoSender"/>.
/// </summary>
internal sealed class PacketOutput(
    PacketRing ring, OutgoingFrames frames, ResendQueue resends, SendCodecs codecs, RtpPacketWriter writer, SenderCounters counters)
{
    private const int PaddingTurns = 16;

    private readonly LossProtection _protection = new(ring);
    private bool _opens = true;
    private uint _lastTimestamp;
    private Instant _lastFrameAt;

    /// <summary>When a packet is to be sent a second time; never where none is.</summary>
    public Instant NextCopy => _protection.NextDue;

    /// <summary>Its packets go twice, since some get lost.</summary>
    public bool IsProtected => NumbersResends && _protection.IsActive;

    /// <summary>
    /// What goes again has a number of its own, on the RTX stream; without one it is the old packet to the byte, and no copy is sent.
    /// </summary>
    public bool NumbersResends => writer.HasRtx(codecs.Current);

    /// <summary>A frame's packets were queued.</summary>
    public void OnFrame(Instant now, uint timestamp)
    {
        _lastTimestamp = timestamp;
        _lastFrameAt = now;
    }

    /// <summary>The share of packets that the viewer missed of late.</summary>
    public void OnLoss(double share) => _protection.OnLoss(share);

    /// <summary>The RTP timestamp of a picture of this moment (RFC 3550 section 6.4.1).</summary>
    public uint TimestampAt(Instant now) =>
        _lastTimestamp + (uint)(long)((now - _lastFrameAt).TotalSeconds * VideoSender.ClockRate);

    /// <summary>The viewer could read nothing so far: it knows nothing of the packets before the next one.</summary>
    public void Reopen() => _opens = true;

    public void Clear() => _protection.Clear();

    /// <summary>Writes the next packet in turn; gives its length.</summary>
    public int WriteNext(Instant now, Span<byte> destination, ushort? transportSequence, Bitrate available)
    {
        long sequence = ring.Sent;
        ref PacketRecord packet = ref ring[sequence];
        int length = writer.Write(
            now, destination, sequence, packet, codecs.Of(packet), TimestampOf(packet), transportSequence, out int payload);
        packet.LastSent = now;
        ring.MarkSent();
        frames.OnSent(packet);
        counters.Packets++;
        counters.PayloadBytes += payload;
        if (packet.Form == PacketForm.Padding)
        {
            return length;
        }

        if (NumbersResends)
        {
            _protection.OnSent(now, sequence, length, available);
        }

        if (_opens)
        {
            // Of what came before the first packet that it got a viewer knows nothing, so it asks for none of it.
            _opens = false;
            resends.Repeat(sequence);
        }

        return length;
    }

    /// <summary>Writes the next packet that was asked for again. False where it, or all of them, are gone.</summary>
    public bool TryWriteResend(Instant now, Span<byte> destination, ushort? transportSequence, out int length)
    {
        length = 0;
        if (!resends.TryTake(out long sequence))
        {
            return false;
        }

        ref PacketRecord packet = ref ring[sequence];
        if (!writer.CanRepeat(sequence, codecs.Of(packet)))
        {
            return false;
        }

        packet.LastSent = now;
        length = WriteAgain(now, destination, sequence, transportSequence);
        counters.Resent++;
        if (NumbersResends)
        {
            _protection.OnResent(now, sequence);
        }

        return true;
    }

    /// <summary>Writes the next packet that is sent twice unasked. False where all that were due are of no use any more.</summary>
    public bool TryWriteCopy(Instant now, Span<byte> destination, ushort? transportSequence, out int length)
    {
        if (!_protection.TryTake(now, out long sequence))
        {
            length = 0;
            return false;
        }

        length = WriteAgain(now, destination, sequence, transportSequence);
        counters.Copies++;
        return true;
    }

    /// <summary>
    /// A packet that carries nothing new, to fill a probe: an earlier one again on the RTX stream, padding
    /// there where there is none, padding in turn on the media stream where there is no RTX.
    /// </summary>
    public bool TryWritePadding(Instant now, Span<byte> destination, ushort? transportSequence, Bitrate available, out int length)
    {
        counters.PaddingPackets++;
        if (writer.Options.Rtx is not null && codecs.Current.RtxPayloadType is { } rtxType)
        {
            // The last few in turn: what was lost of them is repaired on the way.
            long kept = Math.Clamp(ring.Sent - ring.Oldest, 1, PaddingTurns);
            long earlier = ring.Sent - 1 - (counters.PaddingPackets % kept);
            length = ring.WasSent(earlier) && ring[earlier].PayloadLength >= RtpPacketWriter.PaddingLength
                ? WriteAgain(now, destination, earlier, transportSequence)
                : writer.WriteRtxPadding(now, destination, rtxType, _lastTimestamp, transportSequence);
            return true;
        }

        if (ring.Waiting > 0)
        {
            length = 0;
            return false; // padding in the middle of a frame would belong to it
        }

        ring.Add().Form = PacketForm.Padding;
        length = WriteNext(now, destination, transportSequence, available);
        return true;
    }

    private int WriteAgain(Instant now, Span<byte> destination, long sequence, ushort? transportSequence)
    {
        ref readonly PacketRecord packet = ref ring[sequence];
        return writer.WriteAgain(now, destination, sequence, packet, codecs.Of(packet), TimestampOf(packet), transportSequence);
    }

    private uint TimestampOf(in PacketRecord packet) => packet.Frame?.RtpTimestamp ?? _lastTimestamp;
}
