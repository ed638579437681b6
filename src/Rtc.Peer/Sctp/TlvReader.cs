using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

/// <summary>
/// Walks what SCTP has in a row: sixteen bits, a length that counts the header, a value, padding to four bytes
/// (RFC 9260 sections 3.2 and 3.2.1).
/// </summary>
internal ref struct TlvReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public bool IsMalformed { get; private set; }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryRead(out ushort head, out ReadOnlySpan<byte> value)
    {
        head = 0;
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

        head = BinaryPrimitives.ReadUInt16BigEndian(_rest);
        value = _rest[SctpSizes.ChunkHeader..length];
        _rest = _rest[Math.Min(SctpSizes.Padded(length), _rest.Length)..];
        return true;
    }
}
