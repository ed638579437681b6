using System.Buffers.Binary;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Send;

/// <summary>Packets as they leave: the next in turn, one sent again, one that only fills.</summary>
internal sealed partial class VideoSender
{
    private const int RtxHeaderLength = 2;
    private const int PaddingLength = 224;
    private const int PaddingTurns = 16;

    /// <summary>Writes the next packet in turn; gives its length.</summary>
    public int WriteNext(Instant now, Span<byte> destination, ushort? transportSequence)
    {
        long sequence = _ring.Sent;
        ref PacketRecord packet = ref _ring[sequence];
        RtpHeaderWriter header = new(
            destination, _options.Extensions, CodecOf(packet).PayloadType, packet.Marker, (ushort)sequence, Timestamp(packet), Media);
        AddExtensions(ref header, now, packet, transportSequence);
        int at = header.End();
        if (!HasRtx(CodecOf(packet)))
        {
            _headers.Keep(sequence, destination[..at]);
        }

        int payload = WritePayload(packet, destination[at..]);
        packet.LastSent = now;
        _ring.MarkSent();
        _frames.OnSent(packet);
        Counters.Packets++;
        Counters.PayloadBytes += payload;
        if (packet.Form == PacketForm.Padding)
        {
            return at + WritePadding(destination, at, PaddingLength);
        }

        if (CanProtect)
        {
            _protection.OnSent(now, sequence, at + payload, Available);
        }

        if (_opens)
        {
            // Of what came before the first packet that it got a viewer knows nothing, so it asks for none of it.
            _opens = false;
            _resends.Repeat(sequence);
        }

        return at + payload;
    }

    /// <summary>Writes the next packet that was asked for again. False where it, or all of them, are gone.</summary>
    public bool TryWriteResend(Instant now, Span<byte> destination, ushort? transportSequence, out int length)
    {
        if (!_resends.TryTake(out long sequence))
        {
            length = 0;
            return false;
        }

        ref PacketRecord packet = ref _ring[sequence];
        if (!HasRtx(CodecOf(packet)) && !_headers.Has(sequence))
        {
            length = 0;
            return false;
        }

        packet.LastSent = now;
        length = WriteAgain(now, destination, sequence, packet, transportSequence);
        Counters.Resent++;
        if (CanProtect)
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

        length = WriteAgain(now, destination, sequence, _ring[sequence], transportSequence);
        Counters.Copies++;
        return true;
    }

    /// <summary>
    /// A packet that carries nothing new, to fill a probe: an earlier one again on the RTX stream, padding
    /// there where there is none, padding in turn on the media stream where there is no RTX.
    /// </summary>
    public bool TryWritePadding(Instant now, Span<byte> destination, ushort? transportSequence, out int length)
    {
        length = 0;
        if (!HasSent)
        {
            return false;
        }

        Counters.PaddingPackets++;
        if (_options.Rtx is { } rtx && _codec.RtxPayloadType is { } rtxType)
        {
            // The last few in turn: what was lost of them is repaired on the way.
            long kept = Math.Clamp(_ring.Sent - _ring.Oldest, 1, PaddingTurns);
            long earlier = _ring.Sent - 1 - (Counters.PaddingPackets % kept);
            if (_ring.WasSent(earlier) && _ring[earlier].PayloadLength >= PaddingLength)
            {
                length = WriteAgain(now, destination, earlier, _ring[earlier], transportSequence);
                return true;
            }

            RtpHeaderWriter header = new(destination, _options.Extensions, rtxType, false, _rtxSequence++, _lastTimestamp, rtx);
            AddSendExtensions(ref header, now, transportSequence);
            int at = header.End();
            length = at + WritePadding(destination, at, PaddingLength);
            return true;
        }

        if (HasMedia)
        {
            return false; // padding in the middle of a frame would belong to it
        }

        _ring.Add().Form = PacketForm.Padding;
        length = WriteNext(now, destination, transportSequence);
        return true;
    }

    /// <summary>What goes again has a number of its own, on the RTX stream; without one it is the old packet to the byte.</summary>
    public bool NumbersResends => HasRtx(_codec);

    // Copies have a number of their own or are none.
    private bool CanProtect => HasRtx(_codec);

    private bool HasRtx(in SendCodec codec) => _options.Rtx is not null && codec.RtxPayloadType is not null;

    private SendCodec CodecOf(in PacketRecord packet) =>
        packet.Frame is { } frame && frame.Codec != _codec.Codec && TryFind(frame.Codec, out SendCodec codec) ? codec : _codec;

    private uint Timestamp(in PacketRecord packet) => packet.Frame?.RtpTimestamp ?? _lastTimestamp;

    private int WriteAgain(Instant now, Span<byte> destination, long sequence, in PacketRecord packet, ushort? transportSequence)
    {
        SendCodec codec = CodecOf(packet);
        bool rtx = HasRtx(codec);
        int at = rtx ? WriteRtxHeader(now, destination, packet, codec, transportSequence) : _headers.Write(sequence, destination);
        if (packet.Form == PacketForm.Padding)
        {
            return at + WritePadding(destination, at, PaddingLength);
        }

        if (rtx)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)sequence);
            at += RtxHeaderLength;
        }

        return at + WritePayload(packet, destination[at..]);
    }

    private int WriteRtxHeader(Instant now, Span<byte> destination, in PacketRecord packet, in SendCodec codec, ushort? transportSequence)
    {
        RtpHeaderWriter header = new(
            destination, _options.Extensions, codec.RtxPayloadType!.Value, packet.Marker, _rtxSequence++, Timestamp(packet),
            _options.Rtx!.Value);
        AddExtensions(ref header, now, packet, transportSequence);
        return header.End();
    }

    private void AddExtensions(ref RtpHeaderWriter header, Instant now, in PacketRecord packet, ushort? transportSequence)
    {
        AddSendExtensions(ref header, now, transportSequence);
        if (packet.Frame is not { } frame)
        {
            return;
        }

        if (packet.First)
        {
            header.AddPlayoutDelay(_playout.MaxSteps(now));
            if (frame.CaptureNtp != 0)
            {
                header.AddAbsCaptureTime(frame.CaptureNtp);
            }
        }

        // 3GPP TS 26.114 section 7.4.5: on the last packet of key frames, and where the value changes or isn't zero.
        if (packet.Marker && (frame.IsKey || frame.Rotation != VideoRotation.None || frame.Rotation != _lastRotation))
        {
            header.AddOrientation(frame.Rotation);
            _lastRotation = frame.Rotation;
        }
    }

    private void AddSendExtensions(ref RtpHeaderWriter header, Instant now, ushort? transportSequence)
    {
        header.AddAbsSendTime(now);
        if (transportSequence is { } number)
        {
            header.AddTransportSequence(number);
        }

        if (!_confirmed)
        {
            header.Add(RtpExtension.Mid, _mid);
        }
    }

    private static int WritePayload(in PacketRecord packet, Span<byte> destination)
    {
        if (packet.Frame is not { } frame)
        {
            return 0;
        }

        ReadOnlySpan<byte> slice = frame.Data.Slice(packet.Offset, packet.Length);
        if (packet.Form == PacketForm.Aggregate)
        {
            return H264Packetizer.WriteAggregate(slice, destination);
        }

        ulong prefix = packet.Prefix;
        for (int i = 0; i < packet.PrefixLength; i++, prefix >>= 8)
        {
            destination[i] = (byte)prefix;
        }

        slice.CopyTo(destination[packet.PrefixLength..]);
        return packet.PayloadLength;
    }

    private static int WritePadding(Span<byte> packet, int at, int length)
    {
        packet[0] |= 0x20;
        packet.Slice(at, length).Clear();
        packet[at + length - 1] = (byte)length;
        return length;
    }
}
