namespace Rtc.Bitstream.H264;

/// <summary>
/// The SEI message by which a sender says that a decoder can begin here without an IDR picture (ITU-T H.264 section D.1.8).
/// </summary>
public static class H264RecoveryPoint
{
    private const int PayloadType = 6;
    private const byte More = 0xFF;

    /// <summary>"Good from this picture on": recovery_frame_cnt 0, not exact, no broken link.</summary>
    public static ReadOnlySpan<byte> Unit => [NalType.Sei, PayloadType, 1, 0x84, 0x80];

    /// <summary>Walks the messages of an SEI unit (section 7.3.2.3).</summary>
    /// <param name="body">The unit's bytes after its NAL header.</param>
    public static bool IsIn(ReadOnlySpan<byte> body)
    {
        int at = 0;
        while (TryTake(body, ref at, out int type) && TryTake(body, ref at, out int size))
        {
            if (type == PayloadType)
            {
                return true;
            }

            // Two zeros and a three: the three was put in and isn't counted (section 7.4.1).
            for (int zeros = 0; size > 0 && at < body.Length; at++)
            {
                if (zeros >= 2 && body[at] == 3)
                {
                    zeros = 0;
                    continue;
                }

                zeros = body[at] == 0 ? zeros + 1 : 0;
                size--;
            }
        }

        return false;
    }

    private static bool TryTake(ReadOnlySpan<byte> body, ref int at, out int value)
    {
        value = 0;
        while (at < body.Length)
        {
            byte one = body[at++];
            value += one;
            if (one != More)
            {
                return true;
            }
        }

        return false;
    }
}
