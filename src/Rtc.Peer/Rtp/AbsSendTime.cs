namespace Rtc.Peer.Rtp;

/// <summary>The abs-send-time clock: 24 bits, 6.18 fixed-point seconds, wrapping every 64 s.</summary>
internal static class AbsSendTime
{
    private const int FractionBits = 18;
    private const int Bits = 24;
    private const int Mask = (1 << Bits) - 1;

    public static uint FromInstant(Instant now) =>
        (uint)(((UInt128)(ulong)now.Microseconds << FractionBits) / 1_000_000u) & Mask;

    /// <summary>Microseconds from one value to a later (or, negative, an earlier) one within 32 s.</summary>
    public static long MicrosecondsBetween(int early, int late)
    {
        int difference = (late - early) & Mask;
        if (difference >= 1 << (Bits - 1))
        {
            difference -= 1 << Bits;
        }

        return (difference * 1_000_000L) >> FractionBits;
    }
}
