using System.Security.Cryptography;

namespace Rtc.Peer.Stun;

/// <summary>The HMAC of MESSAGE-INTEGRITY (RFC 8489 section 14.5).</summary>
internal static class StunIntegrity
{
    public const int Length = 20;

#pragma warning disable CA5350 // HMAC-SHA1 is what ICE prescribes; it is not known to be weak as a MAC.
    public static void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> covered, Span<byte> mac) =>
        HMACSHA1.HashData(key, covered, mac);
#pragma warning restore CA5350
}
