using System.Buffers.Binary;
using System.Text;
using Rtc.Peer.Sctp;
using Xunit;

namespace Rtc.Peer.Tests.Sctp;

public sealed class SctpDeliveryTests(ITestOutputHelper output)
{
    [Fact]
    public void Both_ends_connect_in_two_round_trips_and_echo()
    {
        using var pair = new SctpPair(1);
        int channel = pair.Open();
        pair.OnEvent = (end, e) =>
        {
            if (end == 1 && e.Kind == SctpEventKind.Message)
            {
                pair.B.Send(pair.Now, e.ChannelId, e.Payload.Span, e.IsText);
            }
        };
        Instant start = pair.Now;
        pair.Connected();
        Assert.True((pair.Now - start).TotalMilliseconds <= 45, $"connected after {(pair.Now - start).TotalMilliseconds} ms");
        Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, channel, Encoding.UTF8.GetBytes("grüße"), true));
        Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, channel, [], true));
        Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, channel, [], false));
        Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, channel, [1, 2, 3], false));
        pair.RunUntil(() => pair.Events[0].Count(e => e.Kind == SctpEventKind.Message) == 4, 1000);
        var echoed = pair.Events[0].Where(e => e.Kind == SctpEventKind.Message).ToArray();
        Assert.Equal("grüße", Encoding.UTF8.GetString(echoed[0].Payload));
        Assert.Equal([true, true, false, false], echoed.Select(e => e.IsText));
        Assert.Equal([6 + 1, 0, 0, 3], echoed.Select(e => e.Payload.Length));
        Assert.All(echoed, e => Assert.Equal(channel, e.Channel));
        Assert.True(pair.LongestPacket <= 1160);
    }

    [Fact]
    public void One_end_alone_may_begin()
    {
        using var pair = new SctpPair(2);
        pair.B.Connect(pair.Now, false, 5000);
        pair.Tap = (from, packet) => from == 0 || packet[12] != (byte)ChunkType.Init;
        pair.Connect(both: false);
        pair.RunUntil(() => pair.A.IsConnected && pair.B.IsConnected, 5000);
    }

    public static TheoryData<string, double, double, double, double> Links => new()
    {
        { "clean", 0, 0, 0, 0 },
        { "2% loss", 0.02, 0.02, 0, 5 },
        { "5% loss in bursts", 0.05, 0.6, 0, 5 },
        { "10% loss, duplicates", 0.10, 0.10, 0.1, 20 },
        { "20% loss", 0.20, 0.20, 0, 20 },
        { "200 ms jitter", 0.01, 0.01, 0.02, 200 },
    };

    [Theory]
    [MemberData(nameof(Links))]
    public void Reliable_messages_arrive_once_and_in_order(string name, double loss, double burst, double duplication, double jitter)
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            var link =
                new LinkBehaviour { Loss = loss, BurstContinues = burst, Duplication = duplication, JitterMs = jitter, DelayMs = 20 };
            using var pair = new SctpPair(seed, link);
            output.WriteLine($"{name}: seed {seed}");
            int channel = pair.Open();
            pair.Connected();
            pair.RunUntil(() => pair.Events[1].Any(e => e.Kind == SctpEventKind.ChannelOpened), 30_000);
            int back = pair.RemoteChannel();
            var random = new Random(seed);
            for (int i = 0; i < 60; i++)
            {
                SendNumbered(pair, 0, channel, i, random.Next(4, i % 10 == 0 ? 20_000 : 400));
                SendNumbered(pair, 1, back, i, random.Next(4, 400));
                pair.RunFor(5);
            }

            pair.RunUntil(() => pair.MessageCount(0) == 60 && pair.MessageCount(1) == 60, 120_000);
            pair.RunFor(20_000);
            Assert.Equal(Enumerable.Range(0, 60), Messages(pair, 0));
            Assert.Equal(Enumerable.Range(0, 60), Messages(pair, 1));
            Assert.Equal(0, pair.A.BufferedAmount(channel));
            Assert.Equal(0, pair.A.BuffersHeld);
            Assert.Equal(0, pair.B.BuffersHeld);
        }
    }

    private static void SendNumbered(SctpPair pair, int end, int channel, int number, int length)
    {
        var payload = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        for (int i = 4; i < length; i++)
        {
            payload[i] = (byte)(number + i);
        }

        Assert.Equal(SctpSendResult.Queued, pair.Ends[end].Send(pair.Now, channel, payload, false));
        pair.Pump();
    }

    private static List<int> Messages(SctpPair pair, int end)
    {
        var numbers = new List<int>();
        foreach (var e in pair.Events[end].Where(e => e.Kind == SctpEventKind.Message))
        {
            int number = BinaryPrimitives.ReadInt32BigEndian(e.Payload);
            for (int i = 4; i < e.Payload.Length; i++)
            {
                Assert.Equal((byte)(number + i), e.Payload[i]);
            }

            numbers.Add(number);
        }

        return numbers;
    }
}
