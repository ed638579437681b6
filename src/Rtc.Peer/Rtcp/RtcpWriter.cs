using System.Buffers.Binary;

namespace Rtc.Peer.Rtcp;

/// <summary>
/// Appends RTCP packets to a compound in a span that the caller lends. What doesn't fit is not
/// written and answered with false; what was written before stays whole.
/// </summary>
internal ref struct RtcpWriter(Span<byte> destination)
{
    private const int HeaderLength = 4;
    private const int FeedbackLength = 12;

    private readonly Span<byte> _destination = destination;

    public int Length { get; private set; }

    public readonly int Room => _destination.Length - Length;

    public bool SenderReport(Ssrc sender, SenderInfo info, scoped ReadOnlySpan<ReportBlock> blocks)
    {
        if (!TryBegin(RtcpType.SenderReport, blocks.Length, 28 + (blocks.Length * ReportBlock.Length), out Span<byte> packet))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], sender.Value);
        BinaryPrimitives.WriteUInt64BigEndian(packet[8..], info.Ntp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], info.RtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[20..], info.Packets);
        BinaryPrimitives.WriteUInt32BigEndian(packet[24..], info.Octets);
        WriteBlocks(packet[28..], blocks);
        return true;
    }

    public bool ReceiverReport(Ssrc sender, scoped ReadOnlySpan<ReportBlock> blocks)
    {
        if (!TryBegin(RtcpType.ReceiverReport, blocks.Length, 8 + (blocks.Length * ReportBlock.Length), out Span<byte> packet))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], sender.Value);
        WriteBlocks(packet[8..], blocks);
        return true;
    }

    /// <summary>A chunk for each source with the same CNAME of at most 255 bytes.</summary>
    public bool SourceDescription(scoped ReadOnlySpan<Ssrc> sources, scoped ReadOnlySpan<byte> name)
    {
        // SSRC, type, length, name, and at least one zero up to a whole word (RFC 3550 section 6.5).
        int chunk = (4 + 2 + name.Length + 4) & ~3;
        if (name.Length > byte.MaxValue
            || !TryBegin(RtcpType.SourceDescription, sources.Length, HeaderLength + (sources.Length * chunk), out Span<byte> packet))
        {
            return false;
        }

        packet[HeaderLength..].Clear();
        for (int i = 0; i < sources.Length; i++)
        {
            Span<byte> item = packet.Slice(HeaderLength + (i * chunk), chunk);
            BinaryPrimitives.WriteUInt32BigEndian(item, sources[i].Value);
            item[4] = 1;
            item[5] = (byte)name.Length;
            name.CopyTo(item[6..]);
        }

        return true;
    }

    public bool Bye(scoped ReadOnlySpan<Ssrc> sources)
    {
        if (sources.Length > 31 || !TryBegin(RtcpType.Bye, sources.Length, HeaderLength + (sources.Length * 4), out Span<byte> packet))
        {
            return false;
        }

        for (int i = 0; i < sources.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet[(4 + (i * 4))..], sources[i].Value);
        }

        return true;
    }

    /// <summary>
    /// A generic NACK for ascending sequence numbers, as many as fit; gives how many of them it names.
    /// </summary>
    public int Nack(Ssrc sender, Ssrc media, scoped ReadOnlySpan<ushort> sequences)
    {
        int named = 0;
        int entries = 0;
        int most = (Room - FeedbackLength) / 4;
        Span<byte> at = most > 0 ? _destination[(Length + FeedbackLength)..] : default;
        while (named < sequences.Length && entries < most)
        {
            ushort first = sequences[named++];
            int mask = 0;
            while (named < sequences.Length && (ushort)(sequences[named] - first) is >= 1 and <= 16)
            {
                mask |= 1 << ((ushort)(sequences[named++] - first) - 1);
            }

            BinaryPrimitives.WriteUInt16BigEndian(at[(entries * 4)..], first);
            BinaryPrimitives.WriteUInt16BigEndian(at[((entries * 4) + 2)..], (ushort)mask);
            entries++;
        }

        if (entries > 0)
        {
            _ = TryFeedback(RtcpType.TransportFeedback, RtcpType.Nack, sender, media, entries * 4, out _);
        }

        return named;
    }

    public bool Pli(Ssrc sender, Ssrc media) =>
        TryFeedback(RtcpType.PayloadFeedback, RtcpType.Pli, sender, media, 0, out _);

    public bool Fir(Ssrc sender, Ssrc media, byte sequence)
    {
        if (!TryFeedback(RtcpType.PayloadFeedback, RtcpType.Fir, sender, default, 8, out Span<byte> information))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(information, media.Value);
        BinaryPrimitives.WriteUInt32BigEndian(information[4..], (uint)sequence << 24);
        return true;
    }

    public bool Remb(Ssrc sender, Bitrate bitrate, scoped ReadOnlySpan<Ssrc> sources)
    {
        if (sources.Length > byte.MaxValue
            || !TryFeedback(
                RtcpType.PayloadFeedback, RtcpType.ApplicationLayer, sender, default, 8 + (sources.Length * 4), out Span<byte> information))
        {
            return false;
        }

        // 18 bits of mantissa: shift until the value fits.
        ulong mantissa = (ulong)Math.Max(0, bitrate.BitsPerSecond);
        int exponent = 0;
        while (mantissa > 0x3FFFF)
        {
            mantissa >>= 1;
            exponent++;
        }

        RembView.Name.CopyTo(information);
        information[4] = (byte)sources.Length;
        information[5] = (byte)((exponent << 2) | (int)(mantissa >> 16));
        BinaryPrimitives.WriteUInt16BigEndian(information[6..], (ushort)mantissa);
        for (int i = 0; i < sources.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(information[(8 + (i * 4))..], sources[i].Value);
        }

        return true;
    }

    /// <summary>Wraps what <see cref="TransportFeedbackWriter"/> wrote.</summary>
    public bool TransportWide(Ssrc sender, Ssrc media, scoped ReadOnlySpan<byte> information)
    {
        int padded = (information.Length + 3) & ~3;
        if (!TryFeedback(RtcpType.TransportFeedback, RtcpType.TransportWide, sender, media, padded, out Span<byte> room))
        {
            return false;
        }

        information.CopyTo(room);
        if (padded > information.Length)
        {
            // Zero padding with the P bit set: the last octet says how many (RFC 3550 section 6.4.1).
            room[information.Length..].Clear();
            room[^1] = (byte)(padded - information.Length);
            _destination[Length - FeedbackLength - padded] |= 0x20;
        }

        return true;
    }

    private static void WriteBlocks(Span<byte> destination, ReadOnlySpan<ReportBlock> blocks)
    {
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i].Write(destination[(i * ReportBlock.Length)..]);
        }
    }

    private bool TryFeedback(byte type, int format, Ssrc sender, Ssrc media, int informationLength, out Span<byte> information)
    {
        information = default;
        if (!TryBegin(type, format, FeedbackLength + informationLength, out Span<byte> packet))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], sender.Value);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], media.Value);
        information = packet[FeedbackLength..];
        return true;
    }

    private bool TryBegin(byte type, int count, int length, out Span<byte> packet)
    {
        packet = default;
        if (length > Room || count > 31)
        {
            return false;
        }

        packet = _destination.Slice(Length, length);
        packet[0] = (byte)(0x80 | count);
        packet[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)((length / 4) - 1));
        Length += length;
        return true;
    }
}
