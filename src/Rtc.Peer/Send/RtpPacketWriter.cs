using System.Buffers.Binary;
using System.Text;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Send;

/// <summary>
/// Turns one stream's packets into bytes: header, extensions and payload, the first time, again or to fill. Numbers the RTX
/// stream. What is written when is <see cref="VideoSender"/>'s choice.
/// </summary>
internal sealed class RtpPacketWriter(VideoSenderOptions options, PlayoutDelay playout, ushort firstRtxSequence)
{
    public const int PaddingLength = 224;

    private const int RtxHeaderLength = 2;

    // The one-byte form of header extensions holds no more; a section's name is shorter (RFC 9143).
    private const int MaxMid = 16;

    private readonly byte[] _mid = options.Mid.Length > MaxMid ? [] : Encoding.ASCII.GetBytes(options.Mid);
    private readonly SentHeaders _headers = new();
    private ushort _rtxSequence = firstRtxSequence;
    private VideoRotation _lastRotation;
    private bool _named;

    public VideoSenderOptions Options { get; set; } = options;

    /// <summary>The other side knows the stream: MID needn't be repeated.</summary>
    public void StopNaming() => _named = true;

    public bool HasRtx(in SendCodec codec) => Options.Rtx is not null && codec.RtxPayloadType is not null;

    /// <summary>False for what left while there was RTX, and can't go again without it.</summary>
    public bool CanRepeat(long sequence, in SendCodec codec) => HasRtx(codec) || _headers.Has(sequence);

    /// <summary>A packet that leaves for the first time.</summary>
    public int Write(
        Instant now, Span<byte> destination, long sequence, in PacketRecord packet, in SendCodec codec, uint timestamp,
        ushort? transportSequence, out int payload)
    {
        RtpHeaderWriter header = new(
            destination, Options.Extensions, codec.PayloadType, packet.Marker, (ushort)sequence, timestamp, Options.Media);
        AddExtensions(ref header, now, packet, transportSequence);
        int at = header.End();
        if (!HasRtx(codec))
        {
            _headers.Keep(sequence, destination[..at]);
        }

        payload = WritePayload(packet, destination[at..]);
        return at + (packet.Form == PacketForm.Padding ? WritePadding(destination, at, PaddingLength) : payload);
    }

    /// <summary>A packet of nothing but padding on the RTX stream.</summary>
    public int WriteRtxPadding(Instant now, Span<byte> destination, byte payloadType, uint timestamp, ushort? transportSequence)
    {
        RtpHeaderWriter header = new(
            destination, Options.Extensions, payloadType, false, _rtxSequence++, timestamp, Options.Rtx!.Value);
        AddSendExtensions(ref header, now, transportSequence);
        int at = header.End();
        return at + WritePadding(destination, at, PaddingLength);
    }

    /// <summary>A packet that left once: on the RTX stream, or without one to the byte as it was.</summary>
    public int WriteAgain(
        Instant now, Span<byte> destination, long sequence, in PacketRecord packet, in SendCodec codec, uint timestamp,
        ushort? transportSequence)
    {
        bool rtx = HasRtx(codec);
        int at = rtx
            ? WriteRtxHeader(now, destination, packet, codec, timestamp, transportSequence)
            : _headers.Write(sequence, destination);
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

    private int WriteRtxHeader(
        Instant now, Span<byte> destination, in PacketRecord packet, in SendCodec codec, uint timestamp, ushort? transportSequence)
    {
        RtpHeaderWriter header = new(
            destination, Options.Extensions, codec.RtxPayloadType!.Value, packet.Marker, _rtxSequence++, timestamp,
            Options.Rtx!.Value);
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
            header.AddPlayoutDelay(playout.MaxSteps(now));
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

        if (!_named)
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
