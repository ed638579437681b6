using Rtc.Peer.Rtcp;
using Xunit;

namespace Rtc.Peer.Tests.Rtcp;

public sealed class TransportFeedbackTests
{
    [Fact]
    public void The_drafts_own_chunks_read_as_it_says()
    {
        // Section 3.1.3 and 3.1.4: 0x00DD is a run of 221 lost; 0x9F1C is "1 not, 5 received, 3 not, 3 received,
        // 2 not"; 0xCD50 is "1 not, 1 without delta, 3 received, 2 not".
        byte[] information =
        [
            0x00, 0x64, 0x00, 0xF2, 0x00, 0x00, 0x02, 0x09,
            0x00, 0xDD, 0x9F, 0x1C, 0xCD, 0x50,
            1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2,
        ];
        Assert.True(TransportFeedbackReader.TryParse(information, out TransportFeedbackReader reader));
        Assert.Equal(100, reader.BaseSequence);
        Assert.Equal(242, reader.StatusCount);
        Assert.Equal(2, reader.ReferenceTime);
        Assert.Equal(9, reader.FeedbackCount);
        List<int> received = [];
        long last = 0;
        while (reader.TryRead(out ushort sequence, out bool came, out long at))
        {
            if (came)
            {
                received.Add(sequence - 100);
                last = at;
            }
        }

        Assert.Equal([222, 223, 224, 225, 226, 230, 231, 232, 236, 237, 238, 239], received);
        Assert.Equal((2 * 64_000) + (14 * 250), last);
    }

    [Fact]
    public void A_small_message_is_written_byte_for_byte()
    {
        // 64 ms reference 3 = 192,000; packets at +1 ms and +2 ms, one lost, one 100 ms later (large delta).
        byte[] buffer = new byte[TransportFeedbackWriter.MaxMessageBytes];
        int length = TransportFeedbackWriter.Write(buffer, 0xFFFF, 5, [193_000, 194_000, -1, 294_000], out int consumed);
        Assert.Equal(4, consumed);
        // Two-bit vector: 01 01 00 10 -> 1101 0100 1000 0000.
        Assert.Equal("FFFF0004" + "00000305" + "D480" + "0404" + "0190", Convert.ToHexString(buffer.AsSpan(0, length)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_arrives_reads_back_within_a_tick(int seed)
    {
        Random random = new(seed);
        byte[] buffer = new byte[TransportFeedbackWriter.MaxMessageBytes];
        for (int round = 0; round < 2000; round++)
        {
            int count = random.Next(1, TransportFeedbackWriter.MaxStatuses + 100);
            long[] arrivals = new long[count];
            long at = random.NextInt64(0, 1L << 38);
            double loss = random.NextDouble() * 0.9;
            int spread = random.Next(1, 4) switch { 1 => 500, 2 => 50_000, _ => 3_000_000 };
            for (int i = 0; i < count; i++)
            {
                at = Math.Max(0, at + random.Next(-spread / 4, spread));
                arrivals[i] = i > 0 && random.NextDouble() < loss ? -1 : at;
            }

            int length = TransportFeedbackWriter.Write(buffer, 65_500, (byte)round, arrivals, out int consumed);
            Assert.InRange(consumed, 1, TransportFeedbackWriter.MaxStatuses);
            Assert.True(TransportFeedbackReader.TryParse(buffer.AsSpan(0, length), out TransportFeedbackReader reader));
            Assert.Equal(consumed, reader.StatusCount);
            long cycle = (1L << 24) * 64_000;
            for (int i = 0; i < consumed; i++)
            {
                Assert.True(reader.TryRead(out ushort sequence, out bool received, out long read));
                Assert.Equal((ushort)(65_500 + i), sequence);
                Assert.Equal(arrivals[i] >= 0, received);
                if (received)
                {
                    Assert.InRange((((arrivals[i] - read) % cycle) + cycle) % cycle, 0, 250);
                }
            }

            Assert.False(reader.TryRead(out _, out _, out _));
        }
    }

    [Theory]
    [InlineData("0064000100000209")] // a status, no chunk
    [InlineData("00640001000002092001")] // received, no delta
    [InlineData("006400020000020920010A")] // two statuses, one said
    [InlineData("0064000100000209000020010A")] // a run of nothing
    [InlineData("00640001000002")] // half a header
    public void A_message_that_lacks_what_it_announces_is_refused(string hex) =>
        Assert.False(TransportFeedbackReader.TryParse(Convert.FromHexString(hex), out _));
}
