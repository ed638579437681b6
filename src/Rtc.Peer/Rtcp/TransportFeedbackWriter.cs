using System.Buffers.Binary;

namespace Rtc.Peer.Rtcp;

/// <summary>
/// Writes the control information of a transport-wide feedback message
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1) from a row of arrival times.
/// </summary>
internal static class TransportFeedbackWriter
{
    /// <summary>Statuses in one message at most: worst case (two-bit chunks, large deltas) stays under 1,100 bytes.</summary>
    public const int MaxStatuses = 448;

    public const int MaxMessageBytes = TransportFeedbackReader.HeaderLength + (MaxStatuses * 2) + ((MaxStatuses / 7 * 2) + 2);

    private const int MaxRun = 0x1FFF;
    private const int OneBitStatuses = 14;
    private const int TwoBitStatuses = 7;

    /// <summary>
    /// <paramref name="arrivals"/> holds microseconds, negative for "not received", and begins with a
    /// received one. Gives the bytes written, and in <paramref name="consumed"/> how many statuses they
    /// say: fewer than asked where a gap in time is too long for one message.
    /// </summary>
    public static int Write(Span<byte> destination, ushort baseSequence, byte feedbackCount, ReadOnlySpan<long> arrivals, out int consumed)
    {
        Span<byte> symbols = stackalloc byte[MaxStatuses];
        Span<short> deltas = stackalloc short[MaxStatuses];
        int most = Math.Min(arrivals.Length, MaxStatuses);
        long reference = arrivals[0] / TransportFeedbackReader.ReferenceMicroseconds;
        long tick = reference * (TransportFeedbackReader.ReferenceMicroseconds / TransportFeedbackReader.TickMicroseconds);
        int count = 0;
        int received = 0;
        for (; count < most; count++)
        {
            if (arrivals[count] < 0)
            {
                symbols[count] = 0;
                continue;
            }

            long now = arrivals[count] / TransportFeedbackReader.TickMicroseconds;
            long delta = now - tick;
            if (delta is < short.MinValue or > short.MaxValue)
            {
                break;
            }

            symbols[count] = delta is >= 0 and <= byte.MaxValue ? (byte)1 : (byte)2;
            deltas[received++] = (short)delta;
            tick = now;
        }

        // What follows the last received one is said by the next message.
        while (count > 0 && symbols[count - 1] == 0)
        {
            count--;
        }

        consumed = count;
        BinaryPrimitives.WriteUInt16BigEndian(destination, baseSequence);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)count);
        BinaryPrimitives.WriteInt32BigEndian(destination[4..], (int)(reference << 8));
        destination[7] = feedbackCount;
        int at = TransportFeedbackReader.HeaderLength;
        at += WriteChunks(destination[at..], symbols[..count]);
        for (int i = 0, next = 0; i < count; i++)
        {
            if (symbols[i] == 1)
            {
                destination[at++] = (byte)deltas[next++];
            }
            else if (symbols[i] == 2)
            {
                BinaryPrimitives.WriteInt16BigEndian(destination[at..], deltas[next++]);
                at += 2;
            }
        }

        return at;
    }

    private static int WriteChunks(Span<byte> destination, ReadOnlySpan<byte> symbols)
    {
        int at = 0;
        for (int i = 0; i < symbols.Length;)
        {
            ReadOnlySpan<byte> left = symbols[i..];
            int run = left.IndexOfAnyExcept(left[0]);
            run = Math.Min(run < 0 ? left.Length : run, MaxRun);
            ReadOnlySpan<byte> fourteen = left[..Math.Min(OneBitStatuses, left.Length)];
            bool large = fourteen.Contains((byte)2);
            int chunk;
            int said;
            if (run >= (large ? TwoBitStatuses : OneBitStatuses) || run == left.Length)
            {
                chunk = (left[0] << 13) | run;
                said = run;
            }
            else if (!large)
            {
                chunk = 0x8000;
                said = fourteen.Length;
                for (int bit = 0; bit < said; bit++)
                {
                    chunk |= left[bit] << (13 - bit);
                }
            }
            else
            {
                chunk = 0xC000;
                said = Math.Min(TwoBitStatuses, left.Length);
                for (int pair = 0; pair < said; pair++)
                {
                    chunk |= left[pair] << (12 - (pair * 2));
                }
            }

            BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)chunk);
            at += 2;
            i += said;
        }

        return at;
    }
}
