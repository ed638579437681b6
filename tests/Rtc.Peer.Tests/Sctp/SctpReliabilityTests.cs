using System.Buffers.Binary;
using Rtc.Peer.Sctp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Sctp;

/// <summary>Partial reliability, large messages, windows, rates and black-outs.</summary>
public sealed class SctpReliabilityTests(ITestOutputHelper output)
{
    public static TheoryData<bool, int?, int?> PartialChannels => new()
    {
        { true, 0, null }, { false, 0, null }, { true, 2, null }, { false, 2, null }, { true, null, 60 }, { false, null, 60 },
    };

    [Theory]
    [MemberData(nameof(PartialChannels))]
    public void Partial_reliability_drops_and_never_blocks(bool ordered, int? retransmits, int? lifetime)
    {
        long abandoned = 0;
        for (int seed = 1; seed <= 8; seed++)
        {
            using var pair = new SctpPair(seed, new LinkBehaviour { DelayMs = 30, JitterMs = ordered ? 0 : 10 });
            int partial = pair.Open(
                "partial", new ChannelOptions { Ordered = ordered, MaxRetransmits = retransmits, MaxLifetimeMs = lifetime });
            int reliable = pair.Open("reliable");
            pair.Connected();
            pair.RunUntil(() => pair.Events[1].Count(e => e.Kind == SctpEventKind.ChannelOpened) == 2, 5000);
            pair.RunFor(200);
            pair.Link = pair.Link with { Loss = 0.2, BurstContinues = 0.3 };
            for (int i = 0; i < 300; i++)
            {
                Send(pair, partial, i, i % 7 == 0 ? 3000 : 100);
                if (i % 10 == 0)
                {
                    Send(pair, reliable, i, 50);
                }

                pair.RunFor(10);
            }

            pair.Link = new LinkBehaviour { DelayMs = 30 };
            pair.RunFor(10_000);
            // The last message finds its way through whatever was given up before it.
            Send(pair, partial, 300, 100);
            pair.RunFor(2_000);
            int remotePartial = pair.RemoteChannel("partial");
            List<int> arrived = [.. Numbers(pair, remotePartial)];
            output.WriteLine($"seed {seed}: {arrived.Count} of 301 arrived, {pair.A.Stats.MessagesAbandoned} given up");
            Assert.Equal(arrived.Distinct().Count(), arrived.Count);
            Assert.Equal(300, arrived[^1]);
            Assert.True(!ordered || arrived.SequenceEqual(arrived.Order()), "ordered messages overtook each other");
            Assert.InRange(arrived.Count, 150, 301);
            Assert.Equal(Enumerable.Range(0, 30).Select(i => i * 10), Numbers(pair, pair.RemoteChannel("reliable")));
            Assert.Equal(0, pair.A.BuffersHeld);
            Assert.Equal(0, pair.B.BuffersHeld);
            abandoned += pair.A.Stats.MessagesAbandoned;
        }

        Assert.True(abandoned > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.02)]
    public void Largest_messages_go_both_ways_and_larger_ones_are_refused(double loss)
    {
        using var pair = new SctpPair(5, new LinkBehaviour { Loss = loss, DelayMs = 15, JitterMs = 3 });
        int channel = pair.Open();
        pair.Connected();
        pair.RunUntil(() => pair.Events[1].Any(e => e.Kind == SctpEventKind.ChannelOpened), 5000);
        var large = new byte[256 * 1024];
        new Random(5).NextBytes(large);
        Assert.Equal(SctpSendResult.TooLarge, pair.A.Send(pair.Now, channel, new byte[large.Length + 1], false));
        Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, channel, large, false));
        Assert.Equal(SctpSendResult.Queued, pair.B.Send(pair.Now, pair.RemoteChannel(), large, true));
        pair.RunUntil(() => pair.MessageCount(0) == 1 && pair.MessageCount(1) == 1, 60_000);
        Assert.Equal(large, pair.Events[0].Last(e => e.Kind == SctpEventKind.Message).Payload);
        Assert.Equal(large, pair.Events[1].Last(e => e.Kind == SctpEventKind.Message).Payload);
    }

    [Fact]
    public void Peer_that_sends_a_message_beyond_the_limit_is_cut_off()
    {
        using var pair = new SctpPair(6, null, options => options with { MaxMessageSize = 10_000, RemoteMaxMessageSize = 100_000 });
        int channel = pair.Open();
        pair.Connected();
        pair.A.Send(pair.Now, channel, new byte[10_000], false);
        pair.RunUntil(() => pair.MessageCount(1) == 1, 2000);
        pair.A.Send(pair.Now, channel, new byte[10_001], false);
        pair.RunUntil(() => pair.A.IsClosed && pair.B.IsClosed, 2000);
        Assert.Contains("a message of more than 10000 bytes", pair.Events[1][^1].Text, StringComparison.Ordinal);
        Assert.Contains("a message of more than 10000 bytes", pair.Events[0][^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000_000, 20)]
    [InlineData(8_000_000, 20)]
    [InlineData(30_000_000, 50)]
    public void Throughput_grows_to_the_rate_of_the_link(double rate, double delay)
    {
        using var pair = new SctpPair(
            7, new LinkBehaviour { BitsPerSecond = rate, DelayMs = delay, QueueBytes = (int)(rate * delay * 2 / 8000) + 20_000 })
        {
            KeepEvents = false,
        };
        int channel = pair.Open();
        pair.Connected();
        var chunk = new byte[16 * 1024];
        long total = (long)(rate / 8 * 6), sent = 0, received = 0;
        pair.OnEvent = (end, e) => received += e.Kind == SctpEventKind.Message ? e.Payload.Length : 0;
        Instant start = pair.Now;
        while (received < total)
        {
            while (sent < total
                && pair.A.BufferedAmount(channel) < 500_000
                && pair.A.Send(pair.Now, channel, chunk, false) == SctpSendResult.Queued)
            {
                sent += chunk.Length;
            }

            pair.RunFor(5);
            Assert.True((pair.Now - start).TotalSeconds < 60);
        }

        double seconds = (pair.Now - start).TotalSeconds, share = received * 8 / rate / seconds;
        output.WriteLine(
            $"{rate / 1e6} Mbit/s, {2 * delay} ms: {share:P0} of the link, {pair.A.Stats.ChunksRetransmitted} of "
                + $"{pair.A.Stats.ChunksSent} chunks repeated, {pair.A.Stats.Timeouts} time-outs");
        Assert.InRange(share, 0.75, 1.0);
    }

    [Fact]
    public void Data_flows_again_soon_after_a_black_out()
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            using var pair = new SctpPair(seed, new LinkBehaviour { DelayMs = 25 });
            int channel = pair.Open();
            pair.Connected();
            pair.RunFor(500);
            Send(pair, channel, 0, 100);
            pair.RunFor(100);
            pair.Link = pair.Link with { Loss = 1, BurstContinues = 1 };
            for (int i = 1; i <= 50; i++)
            {
                Send(pair, channel, i, 100);
                pair.RunFor(100);
            }

            pair.Link = new LinkBehaviour { DelayMs = 25 };
            Instant back = pair.Now;
            pair.RunUntil(() => pair.MessageCount(1) == 51, 20_000);
            output.WriteLine($"seed {seed}: all there {(pair.Now - back).TotalMilliseconds:F0} ms after the link's return");
            Assert.True((pair.Now - back).TotalMilliseconds < 3_500);
            Assert.Equal(Enumerable.Range(0, 51), Numbers(pair, pair.RemoteChannel()));
        }
    }

    [Fact]
    public void Send_buffer_is_bounded_and_the_amount_buffered_is_told()
    {
        using var pair = new SctpPair(
            8, new LinkBehaviour { BitsPerSecond = 2_000_000 }, options => options with { SendBufferSize = 300_000 });
        int channel = pair.Open();
        pair.Connected();
        pair.RunFor(100);
        int queued = 0;
        while (pair.A.Send(pair.Now, channel, new byte[10_000], false) == SctpSendResult.Queued)
        {
            queued++;
        }

        Assert.Equal(30, queued);
        Assert.Equal(SctpSendResult.BufferFull, pair.A.Send(pair.Now, channel, new byte[10_000], false));
        Assert.Equal(300_000, pair.A.BufferedAmount(channel));
        pair.RunUntil(() => pair.MessageCount(1) == 10, 10_000);
        Assert.InRange(pair.A.BufferedAmount(channel), 1, 200_000);
        Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, channel, new byte[10_000], false));
        pair.RunUntil(() => pair.MessageCount(1) == 31, 10_000);
        pair.RunFor(1000);
        Assert.Equal(0, pair.A.BufferedAmount(channel));
    }

    [Fact]
    public void Receiver_that_stands_still_stops_its_sender_and_nothing_is_lost()
    {
        using var pair = new SctpPair(9, null, options => options with { ReceiveBufferSize = 300_000 }) { KeepEvents = false };
        int channel = pair.Open();
        pair.Connected();
        pair.RunFor(100);
        pair.HoldEvents[1] = true;
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, channel, new byte[10_000], false));
        }

        pair.RunFor(30_000);
        Assert.False(pair.A.IsClosed, "a closed window was taken for a dead peer");
        Assert.InRange(pair.B.BuffersHeld, 1, 60);
        pair.HoldEvents[1] = false;
        pair.RunUntil(() => pair.MessageCount(1) == 200, 20_000);
        Assert.Equal(0, pair.B.BuffersHeld);
    }

    [Fact]
    public void Bulk_transfer_does_not_starve_another_channel()
    {
        using var pair = new SctpPair(10, new LinkBehaviour { BitsPerSecond = 4_000_000, DelayMs = 20, QueueBytes = 30_000 });
        int bulk = pair.Open("bulk"), chat = pair.Open("chat");
        pair.Connected();
        pair.RunFor(200);
        for (int i = 0; i < 100; i++)
        {
            pair.A.Send(pair.Now, bulk, new byte[16_384], false);
        }

        pair.RunFor(300);
        int at = pair.Events[1].Count;
        Instant asked = pair.Now;
        Send(pair, chat, 1, 40);
        int remote = pair.RemoteChannel("chat");
        pair.RunUntil(() => pair.Events[1].Skip(at).Any(e => e.Kind == SctpEventKind.Message && e.Channel == remote), 3_000);
        double waited = (pair.Now - asked).TotalMilliseconds;
        output.WriteLine($"{waited:F0} ms while {pair.A.BufferedAmount(bulk)} bytes waited");
        Assert.True(pair.A.BufferedAmount(bulk) > 500_000, "the bulk transfer was over too soon to prove anything");
        Assert.True(waited < 500);
    }

    [Fact]
    public void Nothing_is_allocated_per_packet_in_steady_state()
    {
        var a = new SctpAssociation(new SctpOptions { Random = SeededRandom.Of(1) });
        var b = new SctpAssociation(new SctpOptions { Random = SeededRandom.Of(2) });
        var buffer = new byte[1200];
        Instant now = new(1_000_000);
        int channel = a.OpenChannel("x", new ChannelOptions());
        a.Connect(now, true, 5000);
        b.Connect(now, false, 5000);
        var message = new byte[5000];
        int received = 0;
        Exchange(200);
        Assert.True(a.IsConnected);
        Exchange(2000);
        int before = received;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Exchange(2000);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        output.WriteLine($"{allocated} bytes for {received - before} messages of five packets");
        Assert.True(received - before >= 1990);
        Assert.True(allocated < 2_000, $"{allocated} bytes");
        a.Dispose();
        b.Dispose();

        void Exchange(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                now += TimeSpan.FromMilliseconds(5);
                a.Send(now, channel, message, false);
                for (bool again = true; again;)
                {
                    again = Drain(a, b) | Drain(b, a);
                }

                a.Advance(now);
                b.Advance(now);
            }
        }

        bool Drain(SctpAssociation from, SctpAssociation to)
        {
            bool any = false;
            while (from.TryTakeEvent(out SctpEvent taken))
            {
                received += taken.Kind == SctpEventKind.Message ? 1 : 0;
            }

            while (from.TryTakePacket(now, buffer, out int length))
            {
                any = true;
                to.Receive(now, buffer.AsSpan(0, length));
            }

            return any;
        }
    }

    private static void Send(SctpPair pair, int channel, int number, int length)
    {
        var payload = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, channel, payload, false));
        pair.Pump();
    }

    private static IEnumerable<int> Numbers(SctpPair pair, int remoteChannel) => pair.Events[1]
        .Where(e => e.Kind == SctpEventKind.Message && e.Channel == remoteChannel)
        .Select(e => BinaryPrimitives.ReadInt32BigEndian(e.Payload));
}
