namespace Rtc.Peer.Primitives;

/// <summary>Where a peer's randomness comes from: the system's generator, or a seed in tests that have to repeat.</summary>
public interface IRandomSource
{
    void Fill(Span<byte> destination);
}
