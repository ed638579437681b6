using System.Buffers.Binary;
using Rtc.Peer.Sctp;
using Xunit;

namespace Rtc.Peer.Tests.Sctp;

/// <summary>How late messages come where packets are lost: the lone one, and the one of a steady trickle.</summary>
public sealed class SctpDelayTests(ITestOutputHelper output)
{
    private const int Seeds = 20;

    [Theory]
    [InlineData(0.05, 25, 33, 130, 260)] // results beside a video, thirty a second
    [InlineData(0.05, 25, 500, 160, 300)] // a lone message: nothing follows that would show the loss
    [InlineData(0.05, 3, 500, 40, 60)] // the same in one house
    public void A_lost_message_comes_again_soon(double loss, double delayMs, int everyMs, double most99, double most999)
    {
        var delays = new List<double>();
        for (int seed = 0; seed < Seeds; seed++)
        {
            using var pair = new SctpPair(seed, new LinkBehaviour { DelayMs = delayMs });
            int channel = pair.Open();
            pair.Connected();
            var sent = new Dictionary<int, Instant>();
            pair.RunFor(500);
            pair.Link = pair.Link with { Loss = loss };
            byte[] message = new byte[400];
            for (int i = 0; i < 200; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(message, i);
                sent[i] = pair.Now;
                Assert.Equal(SctpSendResult.Queued, pair.A.Send(pair.Now, channel, message, false));
                pair.RunFor(everyMs);
            }

            pair.RunFor(5000);
            var came = pair.Events[1].Where(e => e.Kind == SctpEventKind.Message).ToList();
            Assert.Equal(Enumerable.Range(0, 200), came.Select(e => BinaryPrimitives.ReadInt32BigEndian(e.Payload)));
            delays.AddRange(came.Select(e => (e.At - sent[BinaryPrimitives.ReadInt32BigEndian(e.Payload)]).TotalMilliseconds));
        }

        delays.Sort();
        double At(double share) => delays[(int)(delays.Count * share)];
        output.WriteLine(
            $"{loss:P0} loss, {2 * delayMs} ms round trip, one each {everyMs} ms: median {At(0.5):F0}, 95 % {At(0.95):F0}, 99 % "
                + $"{At(0.99):F0}, 99.9 % {At(0.999):F0}, worst {delays[^1]:F0} ms");
        Assert.True(At(0.99) < most99, $"{At(0.99)} ms for one in a hundred");
        Assert.True(At(0.999) < most999, $"{At(0.999)} ms for one in a thousand");
    }
}
