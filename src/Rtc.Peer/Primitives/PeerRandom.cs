using System.Runtime.InteropServices;

namespace Rtc.Peer.Primitives;

/// <summary>
/// One peer's randomness in the shapes that its layers need: names, passwords, tie-breakers, SSRCs, first sequence numbers,
/// tags, cookie keys and transaction ids. Nobody outside may guess any of them, so none comes from a seed outside of tests.
/// </summary>
internal sealed class PeerRandom(IRandomSource source)
{
    public void Fill(Span<byte> destination) => source.Fill(destination);

    public ulong NextUInt64()
    {
        ulong value = 0;
        source.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref value)));
        return value;
    }

    public uint NextUInt32() => (uint)(NextUInt64() >> 32);

    /// <summary>From 0 up to but not including 1.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    public int Next(int below) => (int)(NextDouble() * below);

    public int Next(int from, int below) => from + Next(below - from);

    /// <summary>An SSRC is never 0 here: some receivers take 0 for "none".</summary>
    public Ssrc NextSsrc()
    {
        uint value;
        do
        {
            value = NextUInt32();
        }
        while (value == 0);

        return new Ssrc(value);
    }
}
