using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Rtc.Peer.Sctp;

/// <summary>
/// What an INIT said, signed and handed to its sender, so that nothing is kept before it comes back (RFC 9260 section 5.1.3).
/// </summary>
internal readonly record struct StateCookie
{
    public const int Length = 48;
    private const int MacLength = 16;
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(60);

    public required Instant CreatedAt { get; init; }

    public required uint LocalTag { get; init; }

    public required uint PeerTag { get; init; }

    public required Tsn PeerTsn { get; init; }

    public required uint PeerWindow { get; init; }

    public required ushort PeerInboundStreams { get; init; }

    public required bool ForwardTsn { get; init; }

    public required bool Reconfig { get; init; }

    public void Write(Span<byte> cookie, ReadOnlySpan<byte> key)
    {
        Span<byte> body = cookie[MacLength..Length];
        BinaryPrimitives.WriteInt64BigEndian(body, CreatedAt.Microseconds);
        BinaryPrimitives.WriteUInt32BigEndian(body[8..], LocalTag);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], PeerTag);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], PeerTsn.Value);
        BinaryPrimitives.WriteUInt32BigEndian(body[20..], PeerWindow);
        BinaryPrimitives.WriteUInt16BigEndian(body[24..], PeerInboundStreams);
        body[26] = (byte)((ForwardTsn ? 1 : 0) | (Reconfig ? 2 : 0));
        body[27..].Clear();
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, body, mac);
        mac[..MacLength].CopyTo(cookie);
    }

    public static bool TryRead(ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> key, Instant now, out StateCookie state)
    {
        state = default;
        if (cookie.Length != Length)
        {
            return false;
        }

        ReadOnlySpan<byte> body = cookie[MacLength..];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, body, mac);
        state = new StateCookie
        {
            CreatedAt = new Instant(BinaryPrimitives.ReadInt64BigEndian(body)),
            LocalTag = BinaryPrimitives.ReadUInt32BigEndian(body[8..]),
            PeerTag = BinaryPrimitives.ReadUInt32BigEndian(body[12..]),
            PeerTsn = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(body[16..])),
            PeerWindow = BinaryPrimitives.ReadUInt32BigEndian(body[20..]),
            PeerInboundStreams = BinaryPrimitives.ReadUInt16BigEndian(body[24..]),
            ForwardTsn = (body[26] & 1) != 0,
            Reconfig = (body[26] & 2) != 0,
        };
        return CryptographicOperations.FixedTimeEquals(mac[..MacLength], cookie[..MacLength]) && now - state.CreatedAt <= s_lifetime;
    }
}
