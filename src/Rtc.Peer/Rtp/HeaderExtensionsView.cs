using System.Buffers.Binary;

namespace Rtc.Peer.Rtp;

/// <summary>
/// What a packet's header extensions say, in both forms of RFC 8285. An element of a wrong length is
/// passed over; an element that runs past the end ends the reading. Nothing here can fail a packet.
/// </summary>
internal readonly ref struct HeaderExtensionsView
{
    private const ushort OneByteProfile = 0xBEDE;
    private const ushort TwoByteProfile = 0x1000;
    private const ushort TwoByteMask = 0xFFF0;

    private HeaderExtensionsView(
        ReadOnlySpan<byte> mid,
        ReadOnlySpan<byte> rid,
        ReadOnlySpan<byte> repairedRid,
        int transportSequence,
        int absSendTime,
        ulong captureNtp,
        int orientation)
    {
        Mid = mid;
        Rid = rid;
        RepairedRid = repairedRid;
        TransportSequence = transportSequence;
        AbsSendTime = absSendTime;
        CaptureNtp = captureNtp;
        Orientation = orientation;
    }

    public ReadOnlySpan<byte> Mid { get; }

    public ReadOnlySpan<byte> Rid { get; }

    public ReadOnlySpan<byte> RepairedRid { get; }

    /// <summary>-1 where absent.</summary>
    public int TransportSequence { get; }

    /// <summary>24 bits of 6.18 fixed-point seconds, -1 where absent.</summary>
    public int AbsSendTime { get; }

    /// <summary>NTP time of capture (UQ32.32), 0 where absent.</summary>
    public ulong CaptureNtp { get; }

    /// <summary>The CVO byte's rotation (0–3), -1 where absent.</summary>
    public int Orientation { get; }

    public static HeaderExtensionsView Read(RtpHeaderView packet, ExtensionMap map)
    {
        ReadOnlySpan<byte> mid = default;
        ReadOnlySpan<byte> rid = default;
        ReadOnlySpan<byte> repaired = default;
        int transport = -1;
        int absSend = -1;
        ulong capture = 0;
        int orientation = -1;

        var elements = new ElementReader(packet);
        while (elements.TryRead(out int id, out ReadOnlySpan<byte> value))
        {
            switch (map.Kind(id))
            {
                case RtpExtension.Mid:
                    mid = value;
                    break;
                case RtpExtension.Rid:
                    rid = value;
                    break;
                case RtpExtension.RepairedRid:
                    repaired = value;
                    break;
                case RtpExtension.TransportSequence when value.Length >= 2:
                    transport = BinaryPrimitives.ReadUInt16BigEndian(value);
                    break;
                case RtpExtension.AbsSendTime when value.Length == 3:
                    absSend = (value[0] << 16) | (value[1] << 8) | value[2];
                    break;
                case RtpExtension.AbsCaptureTime when value.Length >= 8:
                    capture = BinaryPrimitives.ReadUInt64BigEndian(value);
                    break;
                case RtpExtension.VideoOrientation when value.Length == 1:
                    orientation = value[0] & 0x03;
                    break;
                default:
                    break;
            }
        }

        return new HeaderExtensionsView(mid, rid, repaired, transport, absSend, capture, orientation);
    }

    /// <summary>Walks the elements of a packet, of either form; one that runs past the end is the end.</summary>
    private ref struct ElementReader
    {
        // RFC 8285 section 4.2: an element of this id ends the reading, and what was read before counts.
        private const int EndId = 15;

        private readonly bool _hasLengthByte;
        private ReadOnlySpan<byte> _rest;

        public ElementReader(RtpHeaderView packet)
        {
            _hasLengthByte = (packet.ExtensionProfile & TwoByteMask) == TwoByteProfile;
            _rest = _hasLengthByte || packet.ExtensionProfile == OneByteProfile ? packet.ExtensionData : default;
        }

        public bool TryRead(out int id, out ReadOnlySpan<byte> value)
        {
            _rest = _rest.TrimStart((byte)0);
            if (!TryReadHeader(out id, out int length) || length > _rest.Length)
            {
                value = default;
                return false;
            }

            value = _rest[..length];
            _rest = _rest[length..];
            return true;
        }

        private bool TryReadHeader(out int id, out int length)
        {
            (id, length) = (0, 0);
            if (_rest.Length < (_hasLengthByte ? 2 : 1))
            {
                return false;
            }

            if (_hasLengthByte)
            {
                (id, length) = (_rest[0], _rest[1]);
                _rest = _rest[2..];
                return true;
            }

            (id, length) = (_rest[0] >> 4, (_rest[0] & 0x0F) + 1);
            _rest = _rest[1..];
            return id != EndId;
        }
    }
}
