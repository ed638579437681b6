using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Rtc.Cluster.Nodes;

namespace Rtc.Server.Cluster;

/// <summary>
/// A question that one node of the cluster asks another, signed with the cluster's key: by whom, to whom, about which room, and when.
/// Written as <c>NODE~…</c> in the body's first line.
/// </summary>
internal static class NodeSeal
{
    /// <summary>Between the nodes' clocks, and on the way.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private const int MaxBodyLength = 512 * 1024;
    private const int MaxHeadLength = 160;
    private const char Separator = '~';
    private const char EndOfHead = '\n';
    private const int TimeBytes = 8;

    public static NodeQuestion Close(byte[] key, string from, string to, string kind, string room, string body, DateTimeOffset now)
    {
        Span<byte> head = stackalloc byte[TimeBytes + HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(head, now.ToUnixTimeMilliseconds());
        Sign(key, [from, to, kind, room, body], head[..TimeBytes], head[TimeBytes..]);
        return new NodeQuestion(kind, room, from + Separator + Base64Url.EncodeToString(head) + EndOfHead + body);
    }

    /// <summary>Who asks, and what; null where the cluster did not write it, not for this node, or too long ago.</summary>
    public static (string From, string Body)? Open(byte[] key, string to, NodeQuestion question, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(question);
        string text = question.Body ?? string.Empty;
        int end = text.AsSpan(0, Math.Min(text.Length, MaxHeadLength)).IndexOf(EndOfHead);
        int separator = end < 0 ? -1 : text.AsSpan(0, end).IndexOf(Separator);
        if (separator < 1 || text.Length > MaxBodyLength)
        {
            return null;
        }

        Span<byte> head = stackalloc byte[TimeBytes + HMACSHA256.HashSizeInBytes];
        if (Base64Url.DecodeFromChars(text.AsSpan(separator + 1, end - separator - 1), head, out _, out int length) != OperationStatus.Done
            || length != head.Length)
        {
            return null;
        }

        (string from, string body) = (text[..separator], text[(end + 1)..]);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(key, [from, to, question.Kind, question.Room, body], head[..TimeBytes], expected);
        long age = now.ToUnixTimeMilliseconds() - BinaryPrimitives.ReadInt64BigEndian(head);
        return CryptographicOperations.FixedTimeEquals(expected, head[TimeBytes..]) && Math.Abs(age) <= Life.TotalMilliseconds
            ? (from, body)
            : null;
    }

    private static void Sign(byte[] key, ReadOnlySpan<string> parts, ReadOnlySpan<byte> time, Span<byte> signature)
    {
        // Each with its length before it, so no two lists of parts are signed as one; and none of them as a hint is.
        using var signing = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Span<byte> length = stackalloc byte[sizeof(int)];
        signing.AppendData("question"u8);
        signing.AppendData(time);
        foreach (string part in parts)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, utf8.Length);
            signing.AppendData(length);
            signing.AppendData(utf8);
        }

        signing.GetHashAndReset(signature);
    }
}
