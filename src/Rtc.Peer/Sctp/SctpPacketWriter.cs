using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

/// <summary>Writes one packet, chunk after chunk, into a buffer of the caller's.</summary>
internal ref struct SctpPacketWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    public SctpPacketWriter(Span<byte> buffer, ushort sourcePort, ushort destinationPort, uint verificationTag)
    {
        _buffer = buffer;
        _length = SctpSizes.CommonHeader;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], verificationTag);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], 0);
    }

    public readonly bool IsEmpty => _length == SctpSizes.CommonHeader;

    /// <summary>How long a chunk with its header may be that still fits.</summary>
    public readonly int Room => (_buffer.Length - _length) & ~3;

    /// <summary>Begins a chunk and returns the place of its body; the padding behind it is zeroed.</summary>
    public Span<byte> Chunk(ChunkType type, byte flags, int bodyLength)
    {
        int length = SctpSizes.ChunkHeader + bodyLength;
        Span<byte> chunk = _buffer.Slice(_length, SctpSizes.Padded(length));
        chunk[0] = (byte)type;
        chunk[1] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(chunk[2..], (ushort)length);
        chunk[length..].Clear();
        _length += chunk.Length;
        return chunk[SctpSizes.ChunkHeader..length];
    }

    public readonly int Finish()
    {
        SctpChecksum.Write(_buffer[.._length]);
        return _length;
    }
}
