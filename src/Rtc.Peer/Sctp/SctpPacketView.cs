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

/// <summary>Walks type-flags-length chunks. <see cref="IsMalformed"/> tells why it stopped.</summary>
internal ref struct ChunkReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public bool IsMalformed { get; private set; }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryRead(out ChunkView chunk)
    {
        chunk = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        int length = _rest.Length < SctpSizes.ChunkHeader ? 0 : BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length < SctpSizes.ChunkHeader || length > _rest.Length)
        {
            IsMalformed = true;
            return false;
        }

        chunk = new ChunkView((ChunkType)_rest[0], _rest[1], _rest[SctpSizes.ChunkHeader..length]);
        _rest = _rest[Math.Min(SctpSizes.Padded(length), _rest.Length)..];
        return true;
    }
}

/// <summary>Walks type-length-value parameters (RFC 9260 section 3.2.1).</summary>
internal ref struct ParameterReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public bool IsMalformed { get; private set; }

    public bool TryRead(out ParameterType type, out ReadOnlySpan<byte> value)
    {
        type = default;
        value = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        int length = _rest.Length < SctpSizes.ChunkHeader ? 0 : BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length < SctpSizes.ChunkHeader || length > _rest.Length)
        {
            IsMalformed = true;
            return false;
        }

        type = (ParameterType)BinaryPrimitives.ReadUInt16BigEndian(_rest);
        value = _rest[SctpSizes.ChunkHeader..length];
        _rest = _rest[Math.Min(SctpSizes.Padded(length), _rest.Length)..];
        return true;
    }
}
