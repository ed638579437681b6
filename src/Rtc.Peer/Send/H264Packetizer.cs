using System.Buffers.Binary;
using Rtc.Bitstream.H264;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Send;

/// <summary>
/// Cuts an Annex B picture into packets of packetization mode 1 (RFC 6184): small units that follow each
/// other share a STAP-A, large ones become FU-A, the rest goes as it is.
/// </summary>
internal static class H264Packetizer
{
    private const int FuHeaderLength = 2;

    public static void Packetize(EncodedFrame frame, int budget, PacketRing ring)
    {
        ReadOnlySpan<byte> stream = frame.Data;
        AnnexBReader units = new(stream);
        bool first = true;
        long before = ring.Head;
        int groupStart = -1;
        int groupEnd = 0;
        int groupUnits = 0;
        int groupLength = 1;
        while (units.Read())
        {
            (int offset, int length) = (units.Offset, units.Current.Length);
            if (groupUnits > 0 && groupLength + 2 + length > budget)
            {
                Flush(frame, ring, ref groupStart, groupEnd, ref groupUnits, ref groupLength, ref first);
            }

            if (length > budget)
            {
                Flush(frame, ring, ref groupStart, groupEnd, ref groupUnits, ref groupLength, ref first);
                Fragment(frame, offset, length, budget, ring, ref first);
                continue;
            }

            groupStart = groupUnits == 0 ? offset : groupStart;
            groupEnd = offset + length;
            groupUnits++;
            groupLength += 2 + length;
        }

        Flush(frame, ring, ref groupStart, groupEnd, ref groupUnits, ref groupLength, ref first);
        if (ring.Head > before)
        {
            ring[ring.Head - 1].Marker = true;
        }
    }

    /// <summary>Writes the units of an aggregate's range as STAP-A (section 5.7.1); gives the length.</summary>
    public static int WriteAggregate(ReadOnlySpan<byte> range, Span<byte> destination)
    {
        AnnexBReader units = new(range, startsInUnit: true);
        int at = 1;
        int importance = 0;
        while (units.Read())
        {
            // NRI is the highest of all, F would be too (section 5.3).
            ReadOnlySpan<byte> unit = units.Current;
            importance = Math.Max(importance, unit[0] & 0x60);
            BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)unit.Length);
            unit.CopyTo(destination[(at + 2)..]);
            at += 2 + unit.Length;
        }

        destination[0] = (byte)(H264Payload.StapA | importance);
        return at;
    }

    private static void Flush(EncodedFrame frame, PacketRing ring, ref int start, int end, ref int units, ref int length, ref bool first)
    {
        if (units > 0)
        {
            ref PacketRecord packet = ref ring.Add();
            packet.Frame = frame;
            packet.Offset = start;
            packet.Length = end - start;
            packet.Form = units > 1 ? PacketForm.Aggregate : PacketForm.Slice;
            packet.First = first;
            first = false;
        }

        start = -1;
        units = 0;
        length = 1;
    }

    private static void Fragment(EncodedFrame frame, int offset, int length, int budget, PacketRing ring, ref bool first)
    {
        byte header = frame.Data[offset];
        byte indicator = (byte)((header & H264Payload.HeaderMask) | H264Payload.FuA);
        int at = offset + 1;
        SplitEvenly split = new(length - 1, budget - FuHeaderLength);
        for (int part = 0; part < split.Parts; part++)
        {
            int fu = header & NalType.Mask;
            fu |= part == 0 ? H264Payload.FuStart : 0;
            fu |= part == split.Parts - 1 ? H264Payload.FuEnd : 0;
            ref PacketRecord packet = ref ring.Add();
            packet.Frame = frame;
            packet.Offset = at;
            packet.Length = split.Length(part);
            packet.Prefix = indicator | ((ulong)fu << 8);
            packet.PrefixLength = FuHeaderLength;
            packet.First = first;
            first = false;
            at += packet.Length;
        }
    }
}
