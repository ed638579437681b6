namespace Rtc.Peer.Tests.Simulation;

internal static class FrameGaps
{
    /// <summary>The longest time, in milliseconds, between two frames that came out one after the other.</summary>
    public static double Longest(IReadOnlyList<FrameNote> frames, Instant from = default, Instant? to = null)
    {
        double longest = 0;
        FrameNote? last = null;
        foreach (FrameNote frame in frames)
        {
            if (frame.At < from || frame.At > (to ?? Instant.Never))
            {
                continue;
            }

            if (last is { } before)
            {
                longest = Math.Max(longest, (frame.At - before.At).TotalMilliseconds);
            }

            last = frame;
        }

        return longest;
    }
}
