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
        ReadOnlySpan<byte> bytes = packet.ExtensionData;
        ReadOnlySpan<byte> mid = default;
        ReadOnlySpan<byte> rid = default;
        ReadOnlySpan<byte> repaired = default;
        int transport = -1;
        int absSend = -1;
        ulong capture = 0;
        int orientation = -1;

        bool twoByte = (packet.ExtensionProfile & TwoByteMask) == TwoByteProfile;
        if (!twoByte && packet.ExtensionProfile != OneByteProfile)
        {
            bytes = default;
        }

        while (bytes.Length > 0)
        {
            int id;
            int length;
            if (bytes[0] == 0)
            {
                bytes = bytes[1..];
                continue;
            }

            if (twoByte)
            {
                if (bytes.Length < 2)
                {
                    break;
                }

                id = bytes[0];
                length = bytes[1];
                bytes = bytes[2..];
            }
            else
            {
                id = bytes[0] >> 4;
                length = (bytes[0] & 0x0F) + 1;
                bytes = bytes[1..];
                if (id == 15)
                {
                    break; // RFC 8285 section 4.2: stop here, keep what was read
                }
            }

            if (length > bytes.Length)
            {
                break;
            }

            ReadOnlySpan<byte> value = bytes[..length];
            bytes = bytes[length..];
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
                case RtpExtension.TransportSequence when length >= 2:
                    transport = BinaryPrimitives.ReadUInt16BigEndian(value);
                    break;
                case RtpExtension.AbsSendTime when length == 3:
                    absSend = (value[0] << 16) | (value[1] << 8) | value[2];
                    break;
                case RtpExtension.AbsCaptureTime when length >= 8:
                    capture = BinaryPrimitives.ReadUInt64BigEndian(value);
                    break;
                case RtpExtension.VideoOrientation when length == 1:
                    orientation = value[0] & 0x03;
                    break;
                default:
                    break;
            }
        }

        return new HeaderExtensionsView(mid, rid, repaired, transport, absSend, capture, orientation);
    }
}
