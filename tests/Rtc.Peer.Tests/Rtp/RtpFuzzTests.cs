using Rtc.Bitstream.H264;
using Rtc.Bitstream.Vp8;
using Rtc.Peer.Primitives;
using Rtc.Peer.Receive;
using Rtc.Peer.Rtcp;
using Rtc.Peer.Rtp;
using Rtc.Peer.Session;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Rtp;

/// <summary>Mutated packets against every parser and against whole sessions: no exception, no growth.</summary>
public sealed class RtpFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Parsers_take_whatever_comes()
    {
        const int seed = 20260101;
        output.WriteLine($"seed {seed}, {ParserFuzz.Iterations} iterations");
        Random random = new(seed);
        byte[][] rtp = ParserFuzz.Corpus("rtp.hex");
        byte[][] rtcp = ParserFuzz.Corpus("rtcp.hex");
        ExtensionMap map = ParserFuzz.Extensions();
        byte[] buffer = new byte[256];
        Vp8Depacketizer vp8 = new();
        H264Depacketizer h264 = new();
        EncodedFramePool pool = new();
        EncodedFrame frame = pool.Rent();
        for (int i = 0; i < ParserFuzz.Iterations; i++)
        {
            ReadOnlySpan<byte> bytes = buffer.AsSpan(0, ParserFuzz.Mutate(random, rtp, buffer));
            if (RtpHeaderView.TryParse(bytes, out RtpHeaderView packet))
            {
                HeaderExtensionsView.Read(packet, map);
                Depacketize(vp8, frame, packet.Payload);
                Depacketize(h264, frame, packet.Payload);
                _ = Vp8FrameHeader.TryParse(packet.Payload, out _);
                AnnexBReader units = new(packet.Payload);
                while (units.Read())
                {
                    Assert.InRange(units.Offset + units.Current.Length, 1, packet.Payload.Length);
                }
            }

            if (frame.Length > 10_000)
            {
                frame.Dispose();
                frame = pool.Rent();
            }

            ReadRtcp(buffer.AsSpan(0, ParserFuzz.Mutate(random, rtcp, buffer)));
        }

        frame.Dispose();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Sessions_take_whatever_comes_and_do_not_grow()
    {
        const int seed = 20260102;
        output.WriteLine($"seed {seed}, {ParserFuzz.Iterations} iterations");
        Random random = new(seed);
        byte[][] rtp = ParserFuzz.Corpus("rtp.hex");
        byte[][] rtcp = ParserFuzz.Corpus("rtcp.hex");
        EncodedFramePool pool = new();
        RtpSession session = new(new RtpSessionOptions { Cname = "x", Random = SeededRandom.Of(seed), Frames = pool }, default);
        session.Configure(
        [
            new RtpSection
            {
                Mid = "0",
                Receives = true,
                Sends = true,
                Codecs = [new RtpCodec(96, VideoCodec.Vp8) { RtxPayloadType = 97, TransportCc = true }, new RtpCodec(102, VideoCodec.H264)],
                Extensions = ParserFuzz.Extensions(),
                SendSsrc = new Ssrc(0x0A0B0C0D),
                SendRtxSsrc = new Ssrc(0x0A0B0C0E),
            },
        ]);
        session.SetConnected(true);
        Instant now = new(1_000_000);
        byte[] buffer = new byte[1500];
        byte[] outgoing = new byte[1500];
        uint timestamp = 0;
        for (int i = 0; i < ParserFuzz.Iterations; i++)
        {
            now += TimeSpan.FromMicroseconds(random.Next(3000));
            int length = ParserFuzz.Mutate(random, rtp, buffer);
            session.ReceiveRtp(now, buffer.AsSpan(0, length));
            length = ParserFuzz.Mutate(random, rtcp, buffer);
            session.ReceiveRtcp(now, buffer.AsSpan(0, length));
            if (i % 16 == 0)
            {
                using EncodedFrame frame = TestFrames.Vp8(pool, timestamp += 3000, i % 160 == 0, 3000);
                session.SendVideo(now, "0", frame);
            }

            session.Advance(now);
            while (session.TryTakePacket(now, outgoing, out _, out _))
            {
            }

            while (session.TryTakeEvent(out RtpEvent occurred))
            {
                occurred.Frame?.Dispose();
            }
        }

        output.WriteLine(session.Stats.ToString());
        Assert.True(session.Stats.PacketsIn > ParserFuzz.Iterations / 10, "hardly a mutant came past the header");
        Assert.InRange(session.Receiving.Streams.Receivers.Count, 0, StreamTable.MaxReceivers);
        Assert.InRange(pool.Outstanding, 0, 300);
        Assert.InRange(session.Receiving.BuffersOutstanding, 0, StreamTable.MaxReceivers * PacketSlots.Window);
        session.Dispose();
        Assert.Equal(0, pool.Outstanding);
        Assert.Equal(0, session.Receiving.BuffersOutstanding);
    }

    private static void Depacketize(IDepacketizer depacketizer, EncodedFrame frame, ReadOnlySpan<byte> payload)
    {
        depacketizer.TryInspect(payload, out _);
        depacketizer.Begin(frame);
        depacketizer.TryAppend(frame, payload);
        depacketizer.TryFinish(frame);
    }

    private static void ReadRtcp(ReadOnlySpan<byte> bytes)
    {
        RtcpCompoundReader reader = new(bytes);
        while (reader.TryRead(out RtcpPacketView packet))
        {
            if (ReportView.TryParse(packet, out ReportView report))
            {
                for (int i = 0; i < report.Count; i++)
                {
                    report.Block(i);
                }
            }

            if (FeedbackView.TryParse(packet, out FeedbackView feedback))
            {
                int read = 0;
                NackReader nack = new(feedback.Information);
                while (nack.TryRead(out _))
                {
                    read++;
                }

                Assert.InRange(read, 0, feedback.Information.Length / 4 * 17);
                FirReader fir = new(feedback.Information);
                while (fir.TryRead(out _, out _))
                {
                }

                if (RembView.TryParse(feedback.Information, out RembView remb))
                {
                    for (int i = 0; i < remb.SourceCount; i++)
                    {
                        remb.Source(i);
                    }
                }

                if (TransportFeedbackReader.TryParse(feedback.Information, out TransportFeedbackReader arrivals))
                {
                    while (arrivals.TryRead(out _, out _, out _))
                    {
                    }
                }
            }
        }
    }
}
