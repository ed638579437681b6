namespace Rtc.Peer.Srtp;

/// <summary>
/// The 48-bit packet index behind RTP's 16-bit sequence number: the roll-over count that puts the number nearest to the
/// highest index so far (RFC 3711 section 3.3.1, appendix A).
/// </summary>
internal static class RolloverCounter
{
    /// <summary>How far the index is ahead after each roll.</summary>
    public const long Roll = 0x10000;

    private const int Half = 0x8000;

    /// <summary>Whether a stream's first number to be heard may be one from after a roll.</summary>
    public static bool MayHaveRolled(ushort sequence) => sequence < Half;

    /// <summary>The index of a sequence number, or −1 for one from before the first roll.</summary>
    public static long Estimate(long highest, ushort sequence)
    {
        long rollover = highest >> 16;
        int last = (int)(highest & 0xFFFF);
        if (last < Half)
        {
            if (sequence - last > Half)
            {
                rollover--;
            }
        }
        else if (last - Half > sequence)
        {
            rollover++;
        }

        return rollover < 0 ? -1 : (rollover << 16) | sequence;
    }
}
