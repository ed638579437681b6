using System.Text;
using Rtc.Bitstream.H264;
using Rtc.Bitstream.Vp8;
using Rtc.Peer.Dtls;
using Rtc.Peer.Receive;
using Rtc.Peer.Rtcp;
using Rtc.Peer.Rtp;
using Rtc.Peer.Sctp;
using Rtc.Peer.Sdp;
using Rtc.Peer.Stun;
using Rtc.Peer.Tests.Rtp;
using Xunit;

namespace Rtc.Peer.Tests;

/// <summary>
/// The inputs kept under Corpora, whole, at every truncation and with every bit of their first bytes flipped, against each
/// parser: nothing throws. An input that once broke something is added there, with a word on what it is.
/// </summary>
public sealed class KeptInputTests
{
    private const int FlippedBytes = 24;
    private static readonly string[] s_files =
        ["rtp.hex", "rtcp.hex", "h264.hex", "vp8.hex", "stun.hex", "sctp.hex", "dcep.hex", "dtls.hex"];

    public static TheoryData<string> Files => [.. s_files];

    [Theory]
    [MemberData(nameof(Files))]
    public void No_parser_throws(string file)
    {
        byte[][] corpus = ParserFuzz.Corpus(file);
        Assert.NotEmpty(corpus);
        EncodedFramePool pool = new();
        foreach (byte[] input in corpus)
        {
            for (int length = 0; length <= input.Length; length++)
            {
                ParseAsEverything(input[..length], pool);
            }

            for (int bit = 0; bit < Math.Min(FlippedBytes, input.Length) * 8; bit++)
            {
                byte[] flipped = [.. input];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                ParseAsEverything(flipped, pool);
            }
        }

        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void No_line_of_text_throws()
    {
        string[] lines = File.ReadAllLines(Path.Combine(ParserFuzz.CorpusFolder(), "candidates.txt"));
        Assert.NotEmpty(lines);
        foreach (string line in lines)
        {
            for (int length = 0; length <= line.Length; length++)
            {
                ParseText(line[..length]);
            }
        }
    }

    private static void ParseAsEverything(byte[] bytes, EncodedFramePool pool)
    {
        Depacketize(new H264Depacketizer(), bytes, pool);
        Depacketize(new Vp8Depacketizer(), bytes, pool);
        if (RtpHeaderView.TryParse(bytes, out RtpHeaderView packet))
        {
            HeaderExtensionsView.Read(packet, ParserFuzz.Extensions());
        }

        _ = Vp8FrameHeader.TryParse(bytes, out _);
        _ = H264SliceView.TryParse(bytes, out _);
        _ = H264RecoveryPoint.IsIn(bytes);
        _ = DtlsRecords.AreWellFormed(bytes, 0);
        if (StunView.TryParse(bytes, out StunView message))
        {
            message.VerifyFingerprint();
        }

        RtcpCompoundReader reports = new(bytes);
        while (reports.TryRead(out RtcpPacketView report))
        {
            _ = ReportView.TryParse(report, out _);
            _ = FeedbackView.TryParse(report, out _);
        }

        _ = RembView.TryParse(bytes, out _);
        if (TransportFeedbackReader.TryParse(bytes, out TransportFeedbackReader arrivals))
        {
            while (arrivals.TryRead(out _, out _, out _))
            {
            }
        }

        _ = SctpPacketView.TryParse(bytes, out _, out _);
        ChunkReader chunks = new(bytes);
        while (chunks.TryRead(out ChunkView chunk))
        {
            _ = DataView.TryParse(chunk, out _);
            _ = InitView.TryParse(chunk.Body, out _);
            _ = SackView.TryParse(chunk.Body, out _);
            _ = ForwardTsnView.TryParse(chunk.Body, out _);
            _ = OutgoingResetView.TryParse(chunk.Body, out _);
        }

        _ = DcepOpenView.TryParse(bytes, out _);
        ParseText(Encoding.Latin1.GetString(bytes));
    }

    private static void ParseText(string text)
    {
        _ = IceCandidate.TryParse(text, out _);
        _ = SessionDescription.TryParse(text, out _, out _);
    }

    private static void Depacketize(IDepacketizer depacketizer, byte[] payload, EncodedFramePool pool)
    {
        using EncodedFrame frame = pool.Rent();
        depacketizer.TryInspect(payload, out _);
        depacketizer.Begin(frame);
        depacketizer.TryAppend(frame, payload);
        depacketizer.TryFinish(frame);
    }
}
