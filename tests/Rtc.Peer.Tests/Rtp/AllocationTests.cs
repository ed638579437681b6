using Rtc.Peer.Primitives;
using Rtc.Peer.Rtp;
using Rtc.Peer.Session;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Rtp;

/// <summary>In steady state neither direction allocates, losses and repairs included.</summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int WarmUpFrames = 3000;
    private const int MeasuredFrames = 3000;

    [Theory]
    [InlineData(VideoCodec.Vp8, 0)]
    [InlineData(VideoCodec.Vp8, 50)]
    [InlineData(VideoCodec.H264, 50)]
    public void Steady_traffic_allocates_nothing(VideoCodec codec, int loseOneIn)
    {
        EncodedFramePool pool = new();
        ExtensionMap map = ParserFuzz.Extensions();
        RtpSection section = new()
        {
            Mid = "0",
            Codecs = [new RtpCodec(96, codec) { RtxPayloadType = 97, TransportCc = true }],
            Extensions = map,
            SendSsrc = new Ssrc(1),
            SendRtxSsrc = new Ssrc(2),
            ReducedSize = true,
        };
        RtpSession sender = new(new RtpSessionOptions { Cname = "s", Random = SeededRandom.Of(1), Frames = pool }, default);
        RtpSession receiver = new(new RtpSessionOptions { Cname = "r", Random = SeededRandom.Of(2), Frames = pool }, default);
        sender.Configure([section with { Sends = true }]);
        receiver.Configure([section with { Receives = true }]);
        sender.SetConnected(true);
        receiver.SetConnected(true);
        byte[] buffer = new byte[1500];
        byte[] picture = new byte[6000];
        new Random(5).NextBytes(picture);
        Instant now = new(1_000_000);
        int packets = 0;
        int frames = 0;

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                EncodedFrame frame = pool.Rent();
                bool key = frames == 0;
                frame.Codec = codec;
                frame.IsKey = key;
                frame.RtpTimestamp = (uint)(frames++ * 3000);
                if (codec == VideoCodec.Vp8)
                {
                    picture[0] = (byte)(key ? 0 : 1);
                    (picture[3], picture[4], picture[5], picture[6], picture[8]) = (0x9D, 0x01, 0x2A, 1, 1);
                }
                else
                {
                    frame.Append([0, 0, 0, 1, 0x67, 0x42, 0xE0, 0x1F, 0x8D, 0, 0, 0, 1, 0x68, 0xCE, 0x3C]);
                    frame.Append([0, 0, 0, 1, (byte)(key ? 0x65 : 0x41), 0x88]);
                }

                frame.Append(picture);
                sender.SendVideo(now, "0", frame);
                frame.Dispose();
                for (int step = 0; step < 7; step++)
                {
                    now += TimeSpan.FromMilliseconds(5);
                    sender.Advance(now);
                    receiver.Advance(now);
                    while (sender.TryTakePacket(now, buffer, out int length, out bool rtcp))
                    {
                        if (rtcp)
                        {
                            receiver.ReceiveRtcp(now, buffer.AsSpan(0, length));
                        }
                        else if (loseOneIn == 0 || ++packets % loseOneIn != 0)
                        {
                            receiver.ReceiveRtp(now, buffer.AsSpan(0, length));
                        }
                    }

                    while (receiver.TryTakePacket(now, buffer, out int length, out _))
                    {
                        sender.ReceiveRtcp(now, buffer.AsSpan(0, length));
                    }

                    while (receiver.TryTakeEvent(out RtpEvent occurred))
                    {
                        occurred.Frame?.Dispose();
                    }

                    while (sender.TryTakeEvent(out _))
                    {
                    }
                }
            }
        }

        Run(WarmUpFrames);
        RtpStats statsBefore = receiver.Stats;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(MeasuredFrames);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        RtpStats stats = receiver.Stats;
        long came = stats.PacketsIn - statsBefore.PacketsIn;
        output.WriteLine(
            $"{allocated} bytes for {came} packets, {stats.FramesIn - statsBefore.FramesIn} frames, "
                + $"{stats.PacketsRepaired - statsBefore.PacketsRepaired} repairs");
        Assert.True(came > MeasuredFrames * 4);
        Assert.True(stats.FramesIn - statsBefore.FramesIn >= MeasuredFrames - 2);
        Assert.True(loseOneIn == 0 || stats.PacketsRepaired > statsBefore.PacketsRepaired);

        // A pool's bag or a queue may still grow once; a byte a packet would be seventeen thousand.
        Assert.True(allocated < 4096, $"{allocated} bytes");
        sender.Dispose();
        receiver.Dispose();
        Assert.Equal(0, pool.Outstanding);
    }
}
