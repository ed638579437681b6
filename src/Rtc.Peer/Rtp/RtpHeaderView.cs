using System.Buffers.Binary;

namespace Rtc.Peer.Rtp;

/// <summary>
/// One RTP packet as it lies in memory (RFC 3550 section 5.1). Nothing is copied; padding is already
/// cut from <see cref="Payload"/>, so a packet of padding alone has an empty payload.
/// </summary>
internal readonly ref struct RtpHeaderView
{
    public const int FixedLength = 12;

    private readonly ReadOnlySpan<byte> _packet;
    private readonly int _extensionOffset;
    private readonly int _extensionLength;

    private RtpHeaderView(ReadOnlySpan<byte> packet, int headerLength, int extensionOffset, int extensionLength, int padding)
    {
        _packet = packet;
        HeaderLength = headerLength;
        _extensionOffset = extensionOffset;
        _extensionLength = extensionLength;
        PaddingLength = padding;
    }

    public int HeaderLength { get; }

    public int PaddingLength { get; }

    public int PacketLength => _packet.Length;

    public bool Marker => (_packet[1] & 0x80) != 0;

    public byte PayloadType => (byte)(_packet[1] & 0x7F);

    public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(_packet[2..]);

    public uint Timestamp => BinaryPrimitives.ReadUInt32BigEndian(_packet[4..]);

    public Ssrc Ssrc => new(BinaryPrimitives.ReadUInt32BigEndian(_packet[8..]));

    /// <summary>0xBEDE for one-byte, 0x100x for two-byte elements (RFC 8285), 0 where there is no extension.</summary>
    public ushort ExtensionProfile =>
        _extensionOffset == 0 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(_packet[(_extensionOffset - 4)..]);

    public ReadOnlySpan<byte> ExtensionData => _packet.Slice(_extensionOffset, _extensionLength);

    public ReadOnlySpan<byte> Payload => _packet[HeaderLength..^PaddingLength];

    public static bool TryParse(ReadOnlySpan<byte> packet, out RtpHeaderView view)
    {
        view = default;
        if (packet.Length < FixedLength || packet[0] >> 6 != 2)
        {
            return false;
        }

        int header = FixedLength + ((packet[0] & 0x0F) * 4);
        int extensionOffset = 0;
        int extensionLength = 0;
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < header + 4)
            {
                return false;
            }

            extensionLength = BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 2)..]) * 4;
            extensionOffset = header + 4;
            header = extensionOffset + extensionLength;
        }

        int padding = 0;
        if (packet.Length < header)
        {
            return false;
        }

        if ((packet[0] & 0x20) != 0)
        {
            // The last octet counts itself, so zero is malformed.
            padding = packet.Length > header ? packet[^1] : 0;
            if (padding == 0 || header + padding > packet.Length)
            {
                return false;
            }
        }

        view = new RtpHeaderView(packet, header, extensionOffset, extensionLength, padding);
        return true;
    }
}
