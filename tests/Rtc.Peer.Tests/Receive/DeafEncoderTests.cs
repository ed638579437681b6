using Rtc.Peer.Primitives;
using Rtc.Peer.Receive;
using Rtc.Peer.Tests.Rtp;
using Xunit;

namespace Rtc.Peer.Tests.Receive;

/// <summary>Publishers whose encoder doesn't do what a PLI asks for.</summary>
public sealed class DeafEncoderTests(ITestOutputHelper output)
{
    private static readonly Instant s_start = new(1_000_000);
    private static readonly TimeSpan s_roundTrip = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void Encoder_that_ignores_PLI_gives_a_key_frame_at_a_lower_bitrate()
    {
        var waits = new List<double>();
        for (int seed = 0; seed < 20; seed++)
        {
            using MediaPair pair = new(seed, VideoCodec.H264, transportCc: false, remb: true) { EncoderIsDeaf = true };
            pair.Forward.Loss = 0.01;
            pair.Back.Loss = 0.01;
            pair.Run(TimeSpan.FromSeconds(8));
            int before = pair.KeysDelivered;
            double rate = pair.Sender.TargetBitrate.Kilobits;
            Instant asked = pair.Now;
            pair.Viewer.RequestKeyFrame(pair.Now, MediaPair.Mid);
            while (pair.KeysDelivered == before && pair.Now - asked < TimeSpan.FromSeconds(10))
            {
                pair.Run(TimeSpan.FromMilliseconds(10));
            }

            waits.Add((pair.Now - asked).TotalMilliseconds);
            pair.Run(TimeSpan.FromSeconds(3));
            Assert.True(
                pair.Sender.TargetBitrate.Kilobits > rate * 0.9,
                $"seed {seed}: {rate} before, {pair.Sender.TargetBitrate.Kilobits} kbit/s three seconds later");
            Assert.Empty(pair.Errors);
        }

        waits.Sort();
        output.WriteLine($"median {waits[10]} ms, worst {waits[^1]} ms");
        Assert.True(waits[^1] < 1500, $"{waits[^1]} ms until a key frame");
    }

    [Theory]
    [InlineData(20, true)] // makes a fifth of what it may: its encoder is at its least already
    [InlineData(400, false)]
    public void Idle_sender_gets_a_temporarily_higher_REMB_and_others_a_lower(int bytes, bool more)
    {
        // A packet each 20 ms; the first second each comes 8 ms later than the one before, as through a queue that grows.
        var remb = new RembMaker();
        Instant now = s_start;
        double delay = 0;
        for (int i = 0; i < 200; i++)
        {
            now += TimeSpan.FromMilliseconds(20);
            delay += i < 50 ? 8 : 0;
            remb.OnPacket(now + TimeSpan.FromMilliseconds(delay), AbsSendTimeOf(now), bytes, s_roundTrip);
            remb.TryTake(now + TimeSpan.FromMilliseconds(delay), out _);
        }

        now += TimeSpan.FromMilliseconds(delay + 1);
        Bitrate usual = remb.Estimate;
        Assert.InRange(usual.Kilobits, 100, 400);
        remb.Nudge(now);
        Assert.True(remb.TryTake(now, out Bitrate nudged));
        output.WriteLine($"{usual.Kilobits} kbit/s, then {nudged.Kilobits}");
        Assert.True(more ? nudged.Kilobits >= 750 : nudged.Kilobits <= usual.Kilobits * 0.8);
        Assert.False(remb.TryTake(now + TimeSpan.FromMilliseconds(300), out _), "once is enough");
        Assert.True(remb.TryTake(now + TimeSpan.FromMilliseconds(500), out Bitrate after));
        Assert.Equal(usual, after);
    }

    private static int AbsSendTimeOf(Instant at) => (int)((at.Microseconds << 18) / 1_000_000 & 0xFFFFFF);

    [Fact]
    public void An_encoder_that_answers_is_asked_once_and_not_nudged()
    {
        using MediaPair pair = new(1, VideoCodec.H264, transportCc: false, remb: true, fir: true);
        pair.Run(TimeSpan.FromSeconds(3));
        long plis = pair.Viewer.Stats.PlisOut;
        int changes = pair.TargetChanges;
        pair.Viewer.RequestKeyFrame(pair.Now, MediaPair.Mid);
        pair.Run(TimeSpan.FromMilliseconds(900));
        Assert.Equal(1, pair.Viewer.Stats.PlisOut - plis);
        Assert.InRange(pair.TargetChanges - changes, 0, 2);
    }

    [Fact]
    public void Pli_goes_first_then_fir_beside_it_then_a_nudge()
    {
        var requests = new KeyFrameRequests(fir: true);
        requests.Ask(s_start, s_roundTrip);
        Assert.False(requests.TakePli(), "nobody wants a key frame");

        requests.Want();
        requests.Ask(s_start, s_roundTrip);
        Assert.Equal((true, false, false), (requests.TakePli(), requests.TryTakeFir(out _), requests.TakeNudge()));
        requests.Ask(s_start + TimeSpan.FromMilliseconds(299), s_roundTrip);
        Assert.False(requests.TakePli(), "the first was just sent");

        requests.Ask(requests.NextAsk, s_roundTrip);
        Assert.True(requests.TakePli());
        Assert.True(requests.TryTakeFir(out byte first));
        Assert.False(requests.TakeNudge());

        requests.Ask(requests.NextAsk, s_roundTrip);
        Assert.True(requests.TakePli());
        Assert.True(requests.TryTakeFir(out byte second));
        Assert.NotEqual(first, second);
        Assert.True(requests.TakeNudge());
        Assert.True(requests.NextAsk - s_start <= TimeSpan.FromMilliseconds(2100), "the third question comes too late");

        requests.Came();
        requests.Ask(requests.NextAsk, s_roundTrip);
        Assert.False(requests.TakePli(), "it came");
        requests.Want();
        requests.Ask(requests.NextAsk, s_roundTrip);
        Assert.Equal((true, false, false), (requests.TakePli(), requests.TryTakeFir(out _), requests.TakeNudge()));
    }

    [Fact]
    public void Sender_without_fir_is_sent_none()
    {
        var requests = new KeyFrameRequests(fir: false);
        requests.Want();
        for (int i = 0; i < 5; i++)
        {
            requests.Ask(requests.NextAsk, s_roundTrip);
            Assert.True(requests.TakePli());
            Assert.False(requests.TryTakeFir(out _));
        }
    }
}
