using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Rtc.Server.Authorization;

/// <summary>
/// What a token is for. A viewer's changes nothing but its own view; an operator watches too and may change the room, and a
/// supervisor may also lift its privacy.
/// </summary>
public enum JoinRole : byte
{
    Phone = 1,
    Viewer = 2,
    Operator = 3,
    Supervisor = 4,
}

/// <summary>Why a token was turned away; <see cref="Accepted"/> is the only good one.</summary>
public enum TokenVerdict
{
    Accepted,
    Missing,
    Malformed,
    Forged,
    Expired,
    OtherRoom,
    OtherRole,
}

/// <summary>
/// Leave to join one room in one role until a moment: version, role and expiry, the room's name, and an HMAC-SHA256
/// over all of them, as base64url. Whoever holds the key makes and checks it; nothing is stored.
/// A phone's token also lets its holder watch, and so do an operator's and a supervisor's.
/// </summary>
public static class JoinToken
{
    public const int MaxRoomLength = 64;

    /// <summary>What a token may be asked to last, over HTTP and on the command line.</summary>
    public const int MaxMinutes = 7 * 24 * 60;

    private const byte Version = 1;
    private const int HeaderLength = 1 + 1 + 8;
    private const int MaxTokenLength = 256;

    public static string Create(ReadOnlySpan<byte> key, string room, JoinRole role, DateTimeOffset expires)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        byte[] name = Encoding.UTF8.GetBytes(room);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, MaxRoomLength, nameof(room));
        Span<byte> token = stackalloc byte[HeaderLength + name.Length + HMACSHA256.HashSizeInBytes];
        token[0] = Version;
        token[1] = (byte)role;
        BinaryPrimitives.WriteInt64BigEndian(token[2..], expires.ToUnixTimeSeconds());
        name.CopyTo(token[HeaderLength..]);
        HMACSHA256.HashData(key, token[..^HMACSHA256.HashSizeInBytes], token[^HMACSHA256.HashSizeInBytes..]);
        return Base64Url.EncodeToString(token);
    }

    public static TokenVerdict Check(ReadOnlySpan<byte> key, ReadOnlySpan<char> token, string room, JoinRole role, DateTimeOffset now) =>
        Check(key, token, room, role, now, out _, out _);

    /// <summary>Whether it is a token of ours that still lasts, for whichever room and role.</summary>
    public static TokenVerdict Check(ReadOnlySpan<byte> key, ReadOnlySpan<char> token, DateTimeOffset now) =>
        Check(key, token, null, JoinRole.Viewer, now, out _, out _);

    /// <summary><paramref name="granted"/> is what the token was made for: the same role, or one that includes it.</summary>
    public static TokenVerdict Check(
        ReadOnlySpan<byte> key, ReadOnlySpan<char> token, string? room, JoinRole role, DateTimeOffset now, out JoinRole granted,
            out DateTimeOffset expires)
    {
        granted = JoinRole.Viewer;
        expires = default;
        if (token.IsEmpty)
        {
            return TokenVerdict.Missing;
        }

        Span<byte> bytes = stackalloc byte[MaxTokenLength];
        if (token.Length > MaxTokenLength
            || Base64Url.DecodeFromChars(token, bytes, out _, out int length) != OperationStatus.Done
            || length <= HeaderLength + HMACSHA256.HashSizeInBytes)
        {
            return TokenVerdict.Malformed;
        }

        bytes = bytes[..length];
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes[..^signature.Length], signature);

        // In constant time, and before anything in the token is believed.
        if (!CryptographicOperations.FixedTimeEquals(signature, bytes[^signature.Length..]))
        {
            return TokenVerdict.Forged;
        }

        if (bytes[0] != Version)
        {
            return TokenVerdict.Malformed;
        }

        // What is signed here was a time when it was signed.
        expires = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes[2..]));
        if (expires.ToUnixTimeSeconds() <= now.ToUnixTimeSeconds())
        {
            return TokenVerdict.Expired;
        }

        if (room is null)
        {
            granted = (JoinRole)bytes[1];
            return TokenVerdict.Accepted;
        }

        Span<byte> wanted = stackalloc byte[MaxRoomLength * 4];
        if (!Encoding.UTF8.TryGetBytes(room, wanted, out int roomLength)
            || !wanted[..roomLength].SequenceEqual(bytes[HeaderLength..^signature.Length]))
        {
            return TokenVerdict.OtherRoom;
        }

        granted = (JoinRole)bytes[1];
        return granted == role || (role == JoinRole.Viewer && granted is (JoinRole.Phone or JoinRole.Operator or JoinRole.Supervisor))
            ? TokenVerdict.Accepted
            : TokenVerdict.OtherRole;
    }
}
