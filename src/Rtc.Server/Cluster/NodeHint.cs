using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Rtc.Server.Cluster;

/// <summary>
/// Which node a client was sent to for a room, until when, signed with the cluster's key: <c>NODE~…</c>, so that a balancer reads the
/// node off it and the node knows that one of the cluster wrote it.
/// </summary>
internal static class NodeHint
{
    public const int MaxLength = 160;

    private const char Separator = '~';
    private const int ExpiryBytes = 8;
    private const int SignatureBytes = 16;

    public static string Create(byte[] key, string nodeId, string room, DateTimeOffset expires)
    {
        Span<byte> signed = stackalloc byte[ExpiryBytes + SignatureBytes];
        BinaryPrimitives.WriteInt64BigEndian(signed, expires.ToUnixTimeSeconds());
        Sign(key, nodeId, room, signed[..ExpiryBytes], signed[ExpiryBytes..]);
        return nodeId + Separator + Base64Url.EncodeToString(signed);
    }

    /// <summary>The node that it names; null where it was not written for this room by the cluster, or is over.</summary>
    public static string? Check(byte[] key, string hint, string room, DateTimeOffset now)
    {
        int separator = hint.IndexOf(Separator, StringComparison.Ordinal);
        if (separator < 1 || hint.Length > MaxLength)
        {
            return null;
        }

        Span<byte> signed = stackalloc byte[ExpiryBytes + SignatureBytes];
        if (Base64Url.DecodeFromChars(hint.AsSpan(separator + 1), signed, out _, out int length) != OperationStatus.Done
            || length != signed.Length)
        {
            return null;
        }

        string nodeId = hint[..separator];
        Span<byte> expected = stackalloc byte[SignatureBytes];
        Sign(key, nodeId, room, signed[..ExpiryBytes], expected);
        return CryptographicOperations.FixedTimeEquals(expected, signed[ExpiryBytes..])
            && BinaryPrimitives.ReadInt64BigEndian(signed) > now.ToUnixTimeSeconds()
            ? nodeId
            : null;
    }

    private static void Sign(byte[] key, string nodeId, string room, ReadOnlySpan<byte> expiry, Span<byte> signature)
    {
        // Neither name can have a line break, so no two pairs are signed as one.
        byte[] text = [.. Encoding.UTF8.GetBytes($"node\n{nodeId}\n{room}\n"), .. expiry];
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, text, whole);
        whole[..SignatureBytes].CopyTo(signature);
    }
}
