using System.Diagnostics;
using Rtc.Bitstream.H264;
using Rtc.Peer.Primitives;
using Rtc.Peer.Receive;
using Rtc.Peer.Rtp;
using Xunit;

namespace Rtc.Peer.Tests.Receive;

/// <summary>Where an H.264 stream can be begun: IDR pictures, recovery points, pictures of I slices alone.</summary>
public sealed class H264StartTests : IDisposable
{
    private const byte H264Type = 102;
    private const int MaxPayload = 1100;
    private const string Sps = "6742E01F8D68";
    private const string Pps = "68CE3C80";
    private const string Recovery = "0606018480";

    // first_mb_in_slice 0 and slice_type 7 (all I), 2 (I), 5 (all P); first_mb_in_slice 1 and slice_type 2 or 0.
    private const string AllIntra = "4188AABB";
    private const string IntraFirst = "41B0AABB";
    private const string AllPredicted = "419AAABB";
    private const string IntraSecond = "414CAABB";
    private const string PredictedSecond = "4150AABB";

    private readonly ITestOutputHelper _output;
    private readonly EncodedFramePool _pool = new();
    private readonly PacketBufferPool _buffers = new();
    private readonly VideoReceiver _receiver;
    private Instant _now = new(1_000_000);
    private ushort _sequence = 100;

    public H264StartTests(ITestOutputHelper output)
    {
        _output = output;
        _receiver = new VideoReceiver(
            new Ssrc(1), new PayloadMap().AddCodec(H264Type, VideoCodec.H264), nack: true, fir: false, _pool, _buffers);
    }

    public void Dispose()
    {
        _receiver.Dispose();
        Assert.Equal(0, _pool.Outstanding);
        Assert.Equal(0, _buffers.Outstanding);
    }

    [Fact]
    public void Picture_of_I_slices_alone_starts_the_stream_for_a_decoder()
    {
        KnowSets();
        Picture(0, AllPredicted);
        Assert.True(_receiver.TakePli());
        Assert.Null(Frame());
        Picture(3000, AllIntra);
        Assert.Equal((true, Stream(Sps, Pps, Recovery, AllIntra)), Frame());
        Picture(6000, AllPredicted);
        Assert.Equal((false, Stream(AllPredicted)), Frame());
        _now += TimeSpan.FromMilliseconds(900);
        _receiver.Advance(_now);
        Assert.False(_receiver.TakePli());
    }

    [Fact]
    public void Without_parameter_sets_it_starts_nothing()
    {
        Picture(0, AllIntra);
        Assert.Null(Frame());
        Assert.True(_receiver.TakePli());
    }

    [Fact]
    public void Several_slices_that_are_all_I_are_a_start()
    {
        KnowSets();
        Picture(0, IntraFirst, IntraSecond);
        Assert.Equal((true, Stream(Sps, Pps, Recovery, IntraFirst, IntraSecond)), Frame());
    }

    [Fact]
    public void One_predicted_slice_among_them_and_it_is_no_start()
    {
        KnowSets();
        Picture(0, IntraFirst, PredictedSecond);
        Assert.Null(Frame());
        Assert.True(_receiver.Assembler.WaitingForKey);
        Assert.True(_receiver.TakePli());
        Picture(3000, AllIntra);
        Assert.True(Frame()!.Value.Key);
        Picture(6000, IntraFirst, PredictedSecond);
        Assert.False(Frame()!.Value.Key);
        Assert.False(_receiver.Assembler.WaitingForKey);
    }

    [Fact]
    public void A_recovery_point_starts_the_stream_behind_other_messages_too()
    {
        // User data of 4 bytes with an escaped zero run among them, then the recovery point.
        const string Messages = "06" + "0504" + "0000030100" + "060184" + "80";
        KnowSets();
        Picture(0, Messages, AllPredicted);
        Assert.Equal((true, Stream(Sps, Pps, Messages, AllPredicted)), Frame());
        Picture(3000, "06" + "0504" + "0000030100" + "80", AllPredicted);
        Assert.False(Frame()!.Value.Key);
    }

    [Fact]
    public void What_x264_makes_between_two_IDR_pictures_can_be_begun_in_the_middle()
    {
        // Scene changes sooner than min-keyint after an IDR picture: I pictures without IDR, SPS or PPS.
        byte[] stream = X264();
        List<byte[]> units = [];
        AnnexBReader reader = new(stream);
        while (reader.Read())
        {
            units.Add(reader.Current.ToArray());
        }

        units.Where(unit => NalType.Of(unit[0]) is NalType.Sps or NalType.Pps).ToList()
            .ForEach(unit => _receiver.Assembler.H264.KeepParameterSet(unit));
        byte[][] slices = [.. units.Where(unit => NalType.Of(unit[0]) is NalType.Slice or NalType.Idr)];
        Assert.Equal(120, slices.Length);
        Assert.Single(slices, slice => NalType.Of(slice[0]) == NalType.Idr);
        List<int> keys = [];
        int came = 0;
        for (int i = 31; i < slices.Length; i++)
        {
            Send(slices[i], (uint)i * 3000);
            if (_receiver.TryTakeFrame(out EncodedFrame frame))
            {
                came++;
                if (frame.IsKey)
                {
                    keys.Add((int)(frame.RtpTimestamp / 3000));
                    Assert.Equal(NalType.Sps, NalType.Of(frame.Data[4]));
                }

                frame.Dispose();
            }

            _now += TimeSpan.FromMilliseconds(33);
        }

        _output.WriteLine($"key pictures {string.Join(", ", keys)}, {came} pictures");
        Assert.Equal([60, 90], keys);
        Assert.Equal(60, came);
    }

    private static byte[] X264()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "ffmpeg"))),
            "the ffmpeg program is not installed");
        ProcessStartInfo start = new("ffmpeg", "-v error -nostdin -threads 1 -f lavfi "
            + "-i testsrc2=s=320x240:r=30:d=4,negate=enable=mod(floor(t)\\,2),hflip=enable=mod(floor(t)\\,2) -pix_fmt yuv420p "
            + "-c:v libx264 -bf 0 -profile:v baseline -x264-params "
            + "keyint=250:min-keyint=125:scenecut=80:threads=1:rc-lookahead=5 -f h264 -")
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        using MemoryStream stream = new();
        process.StandardOutput.BaseStream.CopyTo(stream);
        process.WaitForExit();
        Assert.SkipUnless(process.ExitCode == 0, "this ffmpeg has no libx264");
        return stream.ToArray();
    }

    private static string Stream(params string[] units) => string.Concat(units.Select(unit => "00000001" + unit));

    private void KnowSets()
    {
        _receiver.Assembler.H264.KeepParameterSet(Convert.FromHexString(Sps));
        _receiver.Assembler.H264.KeepParameterSet(Convert.FromHexString(Pps));
    }

    private void Picture(uint timestamp, params string[] units)
    {
        for (int i = 0; i < units.Length; i++)
        {
            Give(timestamp, i == units.Length - 1, Convert.FromHexString(units[i]));
        }
    }

    /// <summary>As one packet, or as fragments (RFC 6184 section 5.8).</summary>
    private void Send(byte[] unit, uint timestamp)
    {
        if (unit.Length <= MaxPayload)
        {
            Give(timestamp, marker: true, unit);
            return;
        }

        for (int at = 1; at < unit.Length; at += MaxPayload)
        {
            int length = Math.Min(MaxPayload, unit.Length - at);
            bool last = at + length == unit.Length;
            byte indicator = (byte)((unit[0] & H264Payload.HeaderMask) | H264Payload.FuA);
            byte header = (byte)(NalType.Of(unit[0]) | (at == 1 ? H264Payload.FuStart : 0) | (last ? H264Payload.FuEnd : 0));
            Give(timestamp, last, [indicator, header, .. unit.AsSpan(at, length)]);
        }
    }

    private void Give(uint timestamp, bool marker, byte[] payload)
    {
        byte[] buffer = new byte[12 + payload.Length];
        RtpHeaderWriter writer = new(buffer, ExtensionMap.Empty, H264Type, marker, _sequence++, timestamp, new Ssrc(1));
        payload.CopyTo(buffer, writer.End());
        Assert.True(RtpHeaderView.TryParse(buffer, out RtpHeaderView packet));
        _receiver.Receive(_now, packet, HeaderExtensionsView.Read(packet, ExtensionMap.Empty));
    }

    private (bool Key, string Hex)? Frame()
    {
        if (!_receiver.TryTakeFrame(out EncodedFrame frame))
        {
            return null;
        }

        (bool, string) told = (frame.IsKey, Convert.ToHexString(frame.Data));
        frame.Dispose();
        return told;
    }
}
