using System.Buffers.Binary;
using System.IO.Hashing;

namespace Rtc.Peer.Stun;

/// <summary>
/// Writes one STUN message into a caller's buffer: attributes first, then <see cref="Finish"/> seals it with
/// MESSAGE-INTEGRITY and FINGERPRINT. The buffer must hold <see cref="StunView.MaxMessageBytes"/> bytes.
/// </summary>
internal ref struct StunWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    public StunWriter(Span<byte> buffer, StunMessageType type, TransactionId transaction)
    {
        _buffer = buffer;
        _length = StunView.HeaderLength;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)type);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunView.MagicCookie);
        transaction.Write(buffer[8..]);
    }

    public void Add(StunAttribute attribute, scoped ReadOnlySpan<byte> value) => value.CopyTo(Reserve(attribute, value.Length));

    public void Add(StunAttribute attribute, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(attribute, 4), value);

    public void Add(StunAttribute attribute, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(attribute, 8), value);

    public void AddXorMappedAddress(TransportAddress address, TransactionId transaction)
    {
        Span<byte> value = stackalloc byte[StunAddress.MaxLength];
        int length = StunAddress.WriteXored(value, address, transaction);
        Add(StunAttribute.XorMappedAddress, value[..length]);
    }

    public void AddErrorCode(int code, scoped ReadOnlySpan<byte> reason)
    {
        Span<byte> value = Reserve(StunAttribute.ErrorCode, 4 + reason.Length);
        value[0] = 0;
        value[1] = 0;
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        reason.CopyTo(value[4..]);
    }

    /// <summary>Seals the message; an empty key leaves MESSAGE-INTEGRITY out.</summary>
    public int Finish(ReadOnlySpan<byte> key)
    {
        if (!key.IsEmpty)
        {
            SetLength(_length + 24);
            Span<byte> mac = stackalloc byte[StunIntegrity.Length];
            StunIntegrity.Compute(key, _buffer[.._length], mac);
            Add(StunAttribute.MessageIntegrity, mac);
        }

        SetLength(_length + 8);
        Add(StunAttribute.Fingerprint, Crc32.HashToUInt32(_buffer[.._length]) ^ StunView.FingerprintMask);
        return _length;
    }

    private void SetLength(int messageLength) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(messageLength - StunView.HeaderLength));

    private Span<byte> Reserve(StunAttribute attribute, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[_length..], (ushort)attribute);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(_length + 2)..], (ushort)length);
        int padded = (length + 3) & ~3;
        Span<byte> value = _buffer.Slice(_length + 4, length);
        _buffer.Slice(_length + 4 + length, padded - length).Clear();
        _length += 4 + padded;
        return value;
    }
}
