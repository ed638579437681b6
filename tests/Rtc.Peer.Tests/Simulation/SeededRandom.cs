using System.Buffers.Binary;
using Rtc.Peer.Primitives;

namespace Rtc.Peer.Tests.Simulation;

/// <summary>Randomness that repeats: SplitMix64 from one seed.</summary>
internal sealed class SeededRandom(ulong seed) : IRandomSource
{
    private ulong _state = seed;

    public static PeerRandom Of(int seed) => Of((ulong)seed);

    public static PeerRandom Of(ulong seed) => new(new SeededRandom(seed));

    public void Fill(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        for (int at = 0; at < destination.Length; at += sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Next());
            bytes[..Math.Min(sizeof(ulong), destination.Length - at)].CopyTo(destination[at..]);
        }
    }

    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
