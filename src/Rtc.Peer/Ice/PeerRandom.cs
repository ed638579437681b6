namespace Rtc.Peer.Ice;

/// <summary>
/// The randomness of one peer, from one seed (SplitMix64): names, tie-breakers, SSRCs and transaction ids.
/// Its outputs can be computed backwards to the seed, so no secret ever comes from here outside of tests.
/// </summary>
internal sealed class PeerRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong NextUInt64()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public uint NextUInt32() => (uint)(NextUInt64() >> 32);

    /// <summary>From 0 up to but not including 1.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    public int Next(int below) => (int)(NextDouble() * below);

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
