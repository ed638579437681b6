using System.Buffers.Binary;

namespace Rtc.Peer.Rtp;

/// <summary>
/// Writes one RTP header with its extensions into a span. Begin, add extensions, then
/// <see cref="End"/> gives the header's length; the payload follows behind it.
/// Ids above 14 force the two-byte form for the whole packet (RFC 8285 section 4.1.2).
/// </summary>
internal ref struct RtpHeaderWriter
{
    private const int ExtensionHeaderLength = 4;

    private readonly Span<byte> _packet;
    private readonly ExtensionMap _map;
    private int _position;
    private bool _extended;

    public RtpHeaderWriter(Span<byte> packet, ExtensionMap map, byte payloadType, bool marker, ushort sequence, uint timestamp, Ssrc ssrc)
    {
        _packet = packet;
        _map = map;
        packet[0] = 0x80;
        packet[1] = (byte)(payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], ssrc.Value);
        _position = RtpHeaderView.FixedLength;
    }

    public void Add(RtpExtension kind, scoped ReadOnlySpan<byte> value)
    {
        byte id = _map.Id(kind);
        if (id == 0 || value.Length is 0 or > 16)
        {
            return;
        }

        if (!_extended)
        {
            _extended = true;
            _packet[0] |= 0x10;
            _position += ExtensionHeaderLength;
        }

        if (_map.NeedsTwoByteForm)
        {
            _packet[_position++] = id;
            _packet[_position++] = (byte)value.Length;
        }
        else
        {
            _packet[_position++] = (byte)((id << 4) | (value.Length - 1));
        }

        value.CopyTo(_packet[_position..]);
        _position += value.Length;
    }

    public void AddTransportSequence(ushort sequence)
    {
        Span<byte> value = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(value, sequence);
        Add(RtpExtension.TransportSequence, value);
    }

    public void AddAbsSendTime(Instant now)
    {
        uint time = AbsSendTime.FromInstant(now);
        Add(RtpExtension.AbsSendTime, [(byte)(time >> 16), (byte)(time >> 8), (byte)time]);
    }

    public void AddAbsCaptureTime(ulong ntp)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(value, ntp);
        Add(RtpExtension.AbsCaptureTime, value);
    }

    public void AddOrientation(VideoRotation rotation) => Add(RtpExtension.VideoOrientation, [(byte)rotation]);

    /// <summary>
    /// Minimum 0: "show it as soon as it is decoded"; the maximum, in steps of 10 ms, is how long it may wait for its turn.
    /// Twelve bits each.
    /// </summary>
    public void AddPlayoutDelay(int maxSteps) => Add(RtpExtension.PlayoutDelay, [0, (byte)((maxSteps >> 8) & 0x0F), (byte)maxSteps]);

    public int End()
    {
        if (_extended)
        {
            while ((_position & 3) != 0)
            {
                _packet[_position++] = 0;
            }

            int start = RtpHeaderView.FixedLength;
            ushort profile = _map.NeedsTwoByteForm ? (ushort)0x1000 : (ushort)0xBEDE;
            BinaryPrimitives.WriteUInt16BigEndian(_packet[start..], profile);
            int words = (_position - start - ExtensionHeaderLength) / 4;
            BinaryPrimitives.WriteUInt16BigEndian(_packet[(start + 2)..], (ushort)words);
        }

        return _position;
    }
}
