using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

/// <summary>A packet whose header and checksum are right (RFC 9260 section 3); its chunks are read with <see cref="Chunks"/>.</summary>
internal readonly ref struct SctpPacketView
{
    private readonly ReadOnlySpan<byte> _packet;

    private SctpPacketView(ReadOnlySpan<byte> packet) => _packet = packet;

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_packet);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_packet[2..]);

    public uint VerificationTag => BinaryPrimitives.ReadUInt32BigEndian(_packet[4..]);

    public ChunkReader Chunks => new(_packet[SctpSizes.CommonHeader..]);

    public static bool TryParse(ReadOnlySpan<byte> packet, out SctpPacketView view, out SctpDrop error)
    {
        view = new SctpPacketView(packet);
        if (packet.Length < SctpSizes.CommonHeader + SctpSizes.ChunkHeader || packet.Length % 4 != 0)
        {
            error = SctpDrop.Malformed;
            return false;
        }

        error = SctpDrop.BadChecksum;
        return SctpChecksum.Matches(packet);
    }
}

/// <summary>One chunk: its type, its flags and what follows its four-byte header, without padding.</summary>
internal readonly ref struct ChunkView(ChunkType type, byte flags, ReadOnlySpan<byte> body)
{
    public ChunkType Type { get; } = type;

    public byte Flags { get; } = flags;

    public ReadOnlySpan<byte> Body { get; } = body;
}

/// <summary>Walks chunks: type, flags, length. <see cref="IsMalformed"/> tells why it stopped.</summary>
internal ref struct ChunkReader(ReadOnlySpan<byte> rest)
{
    private TlvReader _items = new(rest);

    public readonly bool IsMalformed => _items.IsMalformed;

    public readonly bool IsAtEnd => _items.IsAtEnd;

    public bool TryRead(out ChunkView chunk)
    {
        bool found = _items.TryRead(out ushort head, out ReadOnlySpan<byte> body);
        chunk = found ? new ChunkView((ChunkType)(head >> 8), (byte)head, body) : default;
        return found;
    }
}

/// <summary>Walks parameters: type, length.</summary>
internal ref struct ParameterReader(ReadOnlySpan<byte> rest)
{
    private TlvReader _items = new(rest);

    public readonly bool IsMalformed => _items.IsMalformed;

    public bool TryRead(out ParameterType type, out ReadOnlySpan<byte> value)
    {
        bool found = _items.TryRead(out ushort head, out value);
        type = (ParameterType)head;
        return found;
    }
}
