using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace Rtc.Peer.Stun;

/// <summary>
/// A STUN message lying in a datagram (RFC 8489 section 5). <see cref="TryParse"/> walks every attribute once,
/// so that what it hands out can be read without further checks of bounds.
/// </summary>
internal readonly ref struct StunView
{
    public const int HeaderLength = 20;
    public const uint MagicCookie = 0x2112A442;
    public const uint FingerprintMask = 0x5354554E;

    // Larger than any Binding message that an ICE agent sends; it bounds the copy that the HMAC needs.
    public const int MaxMessageBytes = 1500;

    private const int NotPresent = -1;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _integrityAt;
    private readonly int _fingerprintAt;

    private StunView(ReadOnlySpan<byte> message, int integrityAt, int fingerprintAt)
    {
        _message = message;
        _integrityAt = integrityAt;
        _fingerprintAt = fingerprintAt;
    }

    public StunMessageType Type => (StunMessageType)BinaryPrimitives.ReadUInt16BigEndian(_message);

    public TransactionId Transaction => TransactionId.Read(_message[8..]);

    public bool HasIntegrity => _integrityAt != NotPresent;

    public bool HasFingerprint => _fingerprintAt != NotPresent;

    /// <summary>RFC 7983 section 7: the first byte of STUN is 0 to 3; the cookie makes it sure.</summary>
    public static bool LooksLikeStun(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderLength
        && datagram[0] < 4
        && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == MagicCookie;

    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunView view)
    {
        view = default;
        if (!LooksLikeStun(datagram) || datagram.Length > MaxMessageBytes)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (length != datagram.Length - HeaderLength || (length & 3) != 0)
        {
            return false;
        }

        int integrityAt = NotPresent;
        int fingerprintAt = NotPresent;
        for (int at = HeaderLength; at < datagram.Length;)
        {
            if (datagram.Length - at < 4 || fingerprintAt != NotPresent)
            {
                return false; // FINGERPRINT has to be the last attribute (section 14.7)
            }

            var attribute = (StunAttribute)BinaryPrimitives.ReadUInt16BigEndian(datagram[at..]);
            int valueLength = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 2)..]);
            int padded = (valueLength + 3) & ~3;
            if (padded > datagram.Length - at - 4)
            {
                return false;
            }

            switch (attribute)
            {
                case StunAttribute.MessageIntegrity when integrityAt == NotPresent:
                    if (valueLength != StunIntegrity.Length)
                    {
                        return false;
                    }

                    integrityAt = at;
                    break;
                case StunAttribute.Fingerprint:
                    if (valueLength != 4)
                    {
                        return false;
                    }

                    fingerprintAt = at;
                    break;
                default:
                    break;
            }

            at += 4 + padded;
        }

        view = new StunView(datagram, integrityAt, fingerprintAt);
        return true;
    }

    /// <summary>True when the message carries FINGERPRINT and it is right.</summary>
    public bool VerifyFingerprint() =>
        HasFingerprint
        && BinaryPrimitives.ReadUInt32BigEndian(_message[(_fingerprintAt + 4)..])
            == (Crc32.HashToUInt32(_message[.._fingerprintAt]) ^ FingerprintMask);

    /// <summary>
    /// The HMAC covers the message up to MESSAGE-INTEGRITY, with a header length that ends behind it (section 14.5).
    /// </summary>
    public bool VerifyIntegrity(ReadOnlySpan<byte> key)
    {
        if (!HasIntegrity)
        {
            return false;
        }

        Span<byte> covered = stackalloc byte[MaxMessageBytes];
        covered = covered[.._integrityAt];
        _message[.._integrityAt].CopyTo(covered);
        BinaryPrimitives.WriteUInt16BigEndian(covered[2..], (ushort)(_integrityAt + 4 + StunIntegrity.Length - HeaderLength));
        Span<byte> expected = stackalloc byte[StunIntegrity.Length];
        StunIntegrity.Compute(key, covered, expected);
        return CryptographicOperations.FixedTimeEquals(expected, _message.Slice(_integrityAt + 4, StunIntegrity.Length));
    }

    /// <summary>The first attribute of a type. What follows MESSAGE-INTEGRITY is not protected and not seen here (section 14.5).</summary>
    public bool TryGet(StunAttribute attribute, out ReadOnlySpan<byte> value)
    {
        int end = HasIntegrity ? _integrityAt : HasFingerprint ? _fingerprintAt : _message.Length;
        for (int at = HeaderLength; at < end;)
        {
            int valueLength = BinaryPrimitives.ReadUInt16BigEndian(_message[(at + 2)..]);
            if ((StunAttribute)BinaryPrimitives.ReadUInt16BigEndian(_message[at..]) == attribute)
            {
                value = _message.Slice(at + 4, valueLength);
                return true;
            }

            at += 4 + ((valueLength + 3) & ~3);
        }

        value = default;
        return false;
    }

    public bool Has(StunAttribute attribute) => TryGet(attribute, out _);

    public bool TryGetUInt32(StunAttribute attribute, out uint value)
    {
        bool found = TryGet(attribute, out ReadOnlySpan<byte> bytes) && bytes.Length == 4;
        value = found ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
        return found;
    }

    public bool TryGetUInt64(StunAttribute attribute, out ulong value)
    {
        bool found = TryGet(attribute, out ReadOnlySpan<byte> bytes) && bytes.Length == 8;
        value = found ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;
        return found;
    }

    /// <summary>ERROR-CODE is a hundreds digit and a number below 100 (section 14.8).</summary>
    public bool TryGetErrorCode(out int code)
    {
        bool found = TryGet(StunAttribute.ErrorCode, out ReadOnlySpan<byte> bytes) && bytes.Length >= 4;
        code = found ? ((bytes[2] & 7) * 100) + bytes[3] : 0;
        return found;
    }

    /// <summary>XOR-MAPPED-ADDRESS, or MAPPED-ADDRESS of an old server (sections 14.1 and 14.2).</summary>
    public bool TryGetMappedAddress(TransportProtocol protocol, out TransportAddress address)
    {
        if (TryGet(StunAttribute.XorMappedAddress, out ReadOnlySpan<byte> bytes))
        {
            return StunAddress.TryRead(bytes, Transaction, xored: true, protocol, out address);
        }

        if (TryGet(StunAttribute.MappedAddress, out bytes))
        {
            return StunAddress.TryRead(bytes, Transaction, xored: false, protocol, out address);
        }

        address = default;
        return false;
    }

    /// <summary>
    /// The first attribute below 0x8000 that is not known here; a request with one is refused with 420 (section 6.3.1).
    /// </summary>
    public bool TryGetUnknownRequired(out ushort type)
    {
        int end = HasIntegrity ? _integrityAt : _message.Length;
        for (int at = HeaderLength; at < end;)
        {
            type = BinaryPrimitives.ReadUInt16BigEndian(_message[at..]);
            if (type < 0x8000 && !IsKnown((StunAttribute)type))
            {
                return true;
            }

            at += 4 + ((BinaryPrimitives.ReadUInt16BigEndian(_message[(at + 2)..]) + 3) & ~3);
        }

        type = 0;
        return false;
    }

    private static bool IsKnown(StunAttribute attribute) => attribute
        is StunAttribute.MappedAddress
        or StunAttribute.Username
        or StunAttribute.MessageIntegrity
        or StunAttribute.ErrorCode
        or StunAttribute.UnknownAttributes
        or StunAttribute.XorMappedAddress
        or StunAttribute.Priority
        or StunAttribute.UseCandidate;
}
