using System.Security.Cryptography;

namespace Rtc.Peer.Primitives;

/// <summary>The system's cryptographic generator, which everything outside of tests draws from.</summary>
public sealed class SystemRandom : IRandomSource
{
    private SystemRandom()
    {
    }

    public static SystemRandom Instance { get; } = new();

    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
