using System.Diagnostics;
using System.Text;
using Rtc.Bitstream.H264;
using Rtc.Peer.Dtls;
using Rtc.Peer.Primitives;
using Rtc.Peer.Receive;
using Rtc.Peer.Rtcp;
using Rtc.Peer.Rtp;
using Rtc.Peer.Sctp;
using Rtc.Peer.Sdp;
using Rtc.Peer.Stun;
using Rtc.Peer.Tests.Rtp;
using Rtc.Peer.Tests.Sdp;
using Xunit;

namespace Rtc.Peer.Tests;

/// <summary>
/// Each parser by itself under mutated inputs: it never throws, and parsers of packets allocate next to nothing. An input that breaks
/// one is told in hexadecimal; it belongs into Corpora, where <see cref="KeptInputTests"/> tries it ever after.
/// </summary>
public sealed class ParserFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20260303;
    private static readonly ExtensionMap s_map = ParserFuzz.Extensions();

    private delegate void Parser(ReadOnlySpan<byte> input);

    [Theory]
    [InlineData("rtp")]
    [InlineData("rtcp")]
    [InlineData("vp8")]
    [InlineData("h264")]
    [InlineData("h264 slices")]
    [InlineData("stun")]
    [InlineData("sctp")]
    [InlineData("dcep")]
    [InlineData("dtls")]
    public void Packets(string name)
    {
        EncodedFramePool pool = new();
        (string corpus, Parser parse) = Of(name, pool);
        byte[][] good = ParserFuzz.Corpus(corpus);
        byte[] buffer = new byte[2048];
        var random = new Random(Seed);
        parse(good[0]); // what is made once is made now
        int inputs = Fuzz.Inputs(20_000);
        long began = Stopwatch.GetTimestamp();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int length = 0;
        try
        {
            for (int i = 0; i < inputs; i++)
            {
                length = ParserFuzz.Mutate(random, good, buffer);
                parse(buffer.AsSpan(0, length));
            }
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{Convert.ToHexString(buffer.AsSpan(0, length))}: {error}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine(
            $"{name}: {inputs} inputs, seed {Seed}, {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s, {allocated} bytes allocated");
        Assert.Equal(0, pool.Outstanding);

        // A parameter set that differs takes the place of the one before.
        Assert.True(allocated < (1 << 20) + (4L * inputs), $"{allocated} bytes were allocated for {inputs} inputs");
    }

    [Theory]
    [InlineData("sdp", 3_000)]
    [InlineData("candidate", 20_000)]
    public void Texts(string name, int share)
    {
        byte[][] good = name == "sdp"
            ? [.. SdpTesting.OfferNames().Select(offer => Encoding.UTF8.GetBytes(SdpTesting.Offer(offer)))]
            : [.. File.ReadAllLines(Path.Combine(ParserFuzz.CorpusFolder(), "candidates.txt")).Select(Encoding.UTF8.GetBytes)];
        byte[] buffer = new byte[16 * 1024];
        var random = new Random(Seed);
        int inputs = Fuzz.Inputs(share);
        int taken = 0;
        string text = "";
        long began = Stopwatch.GetTimestamp();
        try
        {
            for (int i = 0; i < inputs; i++)
            {
                text = Encoding.Latin1.GetString(buffer.AsSpan(0, ParserFuzz.Mutate(random, good, buffer)));
                bool parsed = name == "sdp" ? SessionDescription.TryParse(text, out _, out _) : IceCandidate.TryParse(text, out _);
                taken += parsed ? 1 : 0;
            }
        }
        catch (Exception error)
        {
            Assert.Fail($"{Convert.ToHexString(Encoding.Latin1.GetBytes(text))}: {error}");
        }

        output.WriteLine($"{name}: {inputs} inputs, seed {Seed}, {taken} still read, {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
        Assert.InRange(taken, 1, inputs - 1);
    }

    private static (string Corpus, Parser Parse) Of(string name, EncodedFramePool pool) => name switch
    {
        "rtp" => ("rtp.hex", Rtp),
        "rtcp" => ("rtcp.hex", Rtcp),
        "vp8" => ("vp8.hex", Depacketizing(new Vp8Depacketizer(), pool)),
        "h264" => ("h264.hex", Depacketizing(new H264Depacketizer(), pool)),
        "h264 slices" => ("h264.hex", Slices),
        "stun" => ("stun.hex", Stun),
        "sctp" => ("sctp.hex", Sctp),
        "dcep" => ("dcep.hex", static input => _ = DcepOpenView.TryParse(input, out _)),
        "dtls" => ("dtls.hex", static input => _ = DtlsRecords.AreWellFormed(input, 0)),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static void Rtp(ReadOnlySpan<byte> input)
    {
        if (RtpHeaderView.TryParse(input, out RtpHeaderView packet))
        {
            _ = HeaderExtensionsView.Read(packet, s_map);
        }
    }

    private static void Rtcp(ReadOnlySpan<byte> input)
    {
        RtcpCompoundReader reader = new(input);
        while (reader.TryRead(out RtcpPacketView packet))
        {
            if (ReportView.TryParse(packet, out ReportView report))
            {
                for (int i = 0; i < report.Count; i++)
                {
                    _ = report.Block(i);
                }
            }

            if (FeedbackView.TryParse(packet, out FeedbackView feedback))
            {
                Feedback(feedback.Information);
            }
        }
    }

    private static void Feedback(ReadOnlySpan<byte> information)
    {
        NackReader nack = new(information);
        while (nack.TryRead(out _))
        {
        }

        FirReader fir = new(information);
        while (fir.TryRead(out _, out _))
        {
        }

        if (RembView.TryParse(information, out RembView remb))
        {
            for (int i = 0; i < remb.SourceCount; i++)
            {
                _ = remb.Source(i);
            }
        }

        if (TransportFeedbackReader.TryParse(information, out TransportFeedbackReader arrivals))
        {
            while (arrivals.TryRead(out _, out _, out _))
            {
            }
        }
    }

    private static Parser Depacketizing(IDepacketizer depacketizer, EncodedFramePool pool) => input =>
    {
        using EncodedFrame frame = pool.Rent();
        depacketizer.TryInspect(input, out _);
        depacketizer.Begin(frame);
        depacketizer.TryAppend(frame, input);
        depacketizer.TryFinish(frame);
    };

    private static void Slices(ReadOnlySpan<byte> input)
    {
        _ = H264SliceView.TryParse(input, out _);
        _ = H264RecoveryPoint.IsIn(input);
        AnnexBReader units = new(input);
        while (units.Read())
        {
            Assert.InRange(units.Offset + units.Current.Length, 1, input.Length);
        }
    }

    private static void Stun(ReadOnlySpan<byte> input)
    {
        _ = StunUsername.TryGetLocalUfrag(input, out _);
        if (StunView.TryParse(input, out StunView message))
        {
            _ = message.VerifyFingerprint();
            _ = message.TryGetMappedAddress(TransportProtocol.Udp, out _);
            _ = message.TryGetErrorCode(out _);
            _ = message.TryGetUnknownRequired(out _);
            _ = message.TryGetUInt64(StunAttribute.IceControlling, out _);
            _ = message.TryGetUInt32(StunAttribute.Priority, out _);
            _ = StunUsername.TrySplit(message, out _, out _);
        }
    }

    private static void Sctp(ReadOnlySpan<byte> input)
    {
        _ = SctpPacketView.TryParse(input, out _, out _);
        ChunkReader chunks = new(input.Length > 12 ? input[12..] : input);
        while (chunks.TryRead(out ChunkView chunk))
        {
            _ = DataView.TryParse(chunk, out _);
            _ = InitView.TryParse(chunk.Body, out _);
            _ = ForwardTsnView.TryParse(chunk.Body, out _);
            _ = OutgoingResetView.TryParse(chunk.Body, out _);
            if (SackView.TryParse(chunk.Body, out SackView sack))
            {
                for (int i = 0; i < sack.GapCount; i++)
                {
                    _ = sack.Gap(i);
                }
            }
        }
    }
}
