using System.Buffers.Binary;
using Rtc.Peer.Primitives;
using Rtc.Peer.Receive;
using Rtc.Peer.Rtp;
using Rtc.Peer.Tests.Rtp;
using Xunit;

namespace Rtc.Peer.Tests.Receive;

/// <summary>One receiver fed by hand, packet by packet.</summary>
public sealed class VideoReceiverTests : IDisposable
{
    private const byte Vp8 = 96;
    private const byte Rtx = 97;
    private const byte H264 = 102;

    private readonly EncodedFramePool _pool = new();
    private readonly PacketBufferPool _buffers = new();
    private readonly VideoReceiver _receiver;
    private readonly ExtensionMap _map = ParserFuzz.Extensions();
    private Instant _now = new(1_000_000);

    public VideoReceiverTests()
    {
        PayloadMap payloads = new PayloadMap().AddCodec(Vp8, VideoCodec.Vp8).AddRtx(Rtx, Vp8).AddCodec(H264, VideoCodec.H264);
        _receiver = new VideoReceiver(new Ssrc(1), payloads, nack: true, fir: false, _pool, _buffers) { Rtx = new Ssrc(2) };
    }

    public void Dispose()
    {
        _receiver.Dispose();
        Assert.Equal(0, _pool.Outstanding);
        Assert.Equal(0, _buffers.Outstanding);
    }

    [Fact]
    public void A_frame_is_ready_the_instant_its_last_packet_is_there()
    {
        Give(100, 0, marker: false, KeyStart);
        Assert.Null(Frame());
        Give(101, 0, marker: true, Continued);
        Assert.Equal((0u, true), Frame());
        Give(102, 3000, marker: true, DeltaStart);
        Assert.Equal((3000u, false), Frame());
    }

    [Fact]
    public void No_PLI_is_sent_when_the_first_frame_is_a_key_frame()
    {
        Give(100, 0, marker: false, KeyStart);
        Give(101, 0, marker: true, Continued);
        Assert.NotNull(Frame());
        Wait(1000);
        Assert.False(_receiver.TakePli());
    }

    [Fact]
    public void PLI_is_sent_at_once_for_a_dependent_first_frame_and_then_spaced()
    {
        Give(100, 0, marker: true, DeltaStart);
        Assert.True(_receiver.TakePli());
        Assert.False(_receiver.TakePli());
        Give(101, 3000, marker: true, DeltaStart);
        Wait(100);
        Assert.False(_receiver.TakePli());
        Give(102, 6000, marker: true, DeltaStart);
        Wait(250);
        Assert.True(_receiver.TakePli());
        Give(103, 9000, marker: true, KeyStart);
        Assert.Equal((9000u, true), Frame());
    }

    [Fact]
    public void A_key_frame_whose_first_packet_comes_second_needs_no_PLI()
    {
        Give(101, 0, marker: true, Continued);
        Wait(10);
        Give(100, 0, marker: false, KeyStart);
        Assert.Equal((0u, true), Frame());
        Assert.False(_receiver.TakePli());
    }

    [Fact]
    public void Packets_of_padding_alone_use_up_numbers_and_are_no_loss()
    {
        Give(100, 0, marker: true, KeyStart);
        Assert.NotNull(Frame());
        Give(101, 0, marker: false, []);
        Give(102, 0, marker: false, []);
        Give(103, 3000, marker: true, DeltaStart);
        Assert.NotNull(Frame());
        Assert.Empty(Nacks());
        Assert.Equal(0, _receiver.Statistics.Lost);
    }

    [Fact]
    public void What_is_missing_is_asked_for_at_once_and_again_after_a_round_trip()
    {
        _receiver.HintRoundTrip(TimeSpan.FromMilliseconds(50));
        Give(100, 0, marker: true, KeyStart);
        Give(103, 6000, marker: true, DeltaStart);
        Assert.Equal([101, 102], Nacks());
        Wait(40);
        Assert.Empty(Nacks());
        Wait(20);
        Assert.Equal([101, 102], Nacks());
        GiveRtx(500, 101, 3000, marker: false, DeltaStart);
        Assert.Equal((0u, true), Frame());
        Assert.Null(Frame());
        GiveRtx(501, 102, 3000, marker: true, Continued);
        Assert.Equal((3000u, false), Frame());
        Assert.Equal((6000u, false), Frame());
        Assert.Equal(2, _receiver.Counters.Repaired);
    }

    [Fact]
    public void The_answer_to_a_single_question_teaches_the_round_trip()
    {
        Give(100, 0, marker: true, KeyStart);
        for (ushort i = 0; i < 80; i += 2)
        {
            Give((ushort)(102 + i), 3000u + (3000u * i), marker: true, DeltaStart);
            Nacks();
            Wait(20);
            GiveRtx((ushort)(500 + i), (ushort)(101 + i), 1500u + (3000u * i), marker: true, DeltaStart);
        }

        Assert.InRange(_receiver.RoundTrip.TotalMilliseconds, 20, 25);
    }

    [Fact]
    public void Hole_that_stays_is_given_up_in_bounded_time_and_ends_with_a_key()
    {
        Give(100, 0, marker: true, KeyStart);
        Assert.NotNull(Frame());
        bool asked = false;
        ushort sequence = 102;
        for (int i = 0; i < 40; i++)
        {
            Give(sequence++, 3000u * (uint)(i + 2), marker: true, DeltaStart);
            Wait(33);
            Nacks();
            asked |= _receiver.TakePli();
        }

        Assert.True(asked);
        Assert.Null(Frame());
        Assert.True(_receiver.Assembler.WaitingForKey);
        Give(sequence, 300_000, marker: true, KeyStart);
        Assert.Equal((300_000u, true), Frame());
        Assert.Empty(Nacks());
    }

    [Fact]
    public void A_lost_picture_of_a_higher_layer_is_jumped_over_without_a_key_frame()
    {
        Give(100, 0, marker: true, Layered(key: true, tl0: 7, tid: 0));
        Give(101, 3000, marker: true, Layered(key: false, tl0: 7, tid: 1, sync: true));
        Assert.NotNull(Frame());
        Assert.NotNull(Frame());

        // 102 (base, TL0 8) came, 103 (layer 1) is lost for good, 104 is the next base picture.
        Give(102, 6000, marker: true, Layered(key: false, tl0: 8, tid: 0));
        Assert.NotNull(Frame());
        Give(104, 12_000, marker: true, Layered(key: false, tl0: 9, tid: 0));
        Give(105, 15_000, marker: true, Layered(key: false, tl0: 9, tid: 1));
        Give(106, 18_000, marker: true, Layered(key: false, tl0: 10, tid: 0));
        Give(107, 21_000, marker: true, Layered(key: false, tl0: 10, tid: 1, sync: true));
        Assert.Null(Frame());
        _receiver.HintRoundTrip(TimeSpan.FromMilliseconds(50));
        Wait(130);
        List<uint> came = [];
        while (Frame() is { } frame)
        {
            came.Add(frame.Timestamp);
        }

        // 105 leans on the lost one; 107 says that it doesn't.
        Assert.Equal([12_000, 18_000, 21_000], came);
        Assert.False(_receiver.TakePli());
        Assert.False(_receiver.Assembler.WaitingForKey);
    }

    [Fact]
    public void A_stream_that_begins_anew_elsewhere_is_believed_at_its_second_packet()
    {
        Give(100, 0, marker: true, KeyStart);
        Assert.NotNull(Frame());
        Give(40_000, 50_000, marker: true, KeyStart);
        Assert.Null(Frame());
        Give(40_001, 53_000, marker: true, KeyStart);
        Assert.Equal((53_000u, true), Frame());
        Assert.InRange(_receiver.Statistics.Lost, 0, 1);
    }

    [Fact]
    public void Duplicates_and_late_packets_change_nothing()
    {
        Give(100, 0, marker: true, KeyStart);
        Give(100, 0, marker: true, KeyStart);
        Assert.NotNull(Frame());
        Assert.Null(Frame());
        Give(102, 6000, marker: true, DeltaStart);
        Give(102, 6000, marker: true, DeltaStart);
        Give(101, 3000, marker: true, DeltaStart);
        Assert.Equal((3000u, false), Frame());
        Assert.Equal((6000u, false), Frame());
        Assert.Null(Frame());
        Assert.Equal(1, _receiver.Counters.Late);
        Assert.Equal(1, _receiver.Counters.Duplicates);
    }

    [Fact]
    public void Rotation_and_capture_time_come_with_a_frame_and_hold_until_changed()
    {
        byte[] buffer = new byte[200];
        RtpHeaderWriter writer = new(buffer, _map, Vp8, true, 100, 0, new Ssrc(1));
        writer.AddOrientation(VideoRotation.Clockwise90);
        writer.AddAbsCaptureTime(0xE9000000_00000000);
        int at = writer.End();
        KeyStart.CopyTo(buffer, at);
        GivePacket(buffer.AsSpan(0, at + KeyStart.Length));
        Give(101, 90_000, marker: true, DeltaStart);
        Assert.True(_receiver.TryTakeFrame(out EncodedFrame first));
        Assert.True(_receiver.TryTakeFrame(out EncodedFrame second));
        Assert.Equal(VideoRotation.Clockwise90, first.Rotation);
        Assert.Equal(0xE9000000_00000000, first.CaptureNtp);
        Assert.Equal(VideoRotation.Clockwise90, second.Rotation);
        Assert.Equal(0xE9000001_00000000, second.CaptureNtp);
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public void Without_a_capture_time_the_sender_report_tells_it()
    {
        _receiver.OnSenderReport(_now, new Peer.Rtcp.SenderInfo(0xE9000000_00000000, 3000, 1, 1));
        Give(100, 3000 + 45_000, marker: true, KeyStart);
        Assert.True(_receiver.TryTakeFrame(out EncodedFrame frame));
        Assert.Equal(0xE9000000_80000000, frame.CaptureNtp);
        frame.Dispose();
    }

    [Fact]
    public void H264_comes_out_as_Annex_B_from_STAP_A_and_FU_A()
    {
        Give(100, 0, marker: false, Convert.FromHexString("78" + "00046742E01F" + "000468CE3C80"), H264);
        Give(101, 0, marker: false, Convert.FromHexString("7C85B8AA"), H264);
        Give(102, 0, marker: false, Convert.FromHexString("7C05BBCC"), H264);
        Give(103, 0, marker: true, Convert.FromHexString("7C45DDEE"), H264);
        Assert.Equal("000000016742E01F" + "0000000168CE3C80" + "0000000165B8AABBCCDDEE", FrameHex());
    }

    [Fact]
    public void An_IDR_picture_that_comes_without_parameter_sets_gets_the_last_ones()
    {
        Give(100, 0, marker: false, Convert.FromHexString("6742E01F8D68"), H264);
        Give(101, 0, marker: false, Convert.FromHexString("68CE3C80"), H264);
        Give(102, 0, marker: true, Convert.FromHexString("65B8AA"), H264);
        Assert.NotNull(Frame());
        Give(103, 3000, marker: true, Convert.FromHexString("65B8BB"), H264);
        Assert.Equal("000000016742E01F8D68" + "0000000168CE3C80" + "0000000165B8BB", FrameHex());
        Give(104, 6000, marker: true, Convert.FromHexString("41E0CC"), H264);
        Assert.Equal("0000000141E0CC", FrameHex());
    }

    [Fact]
    public void Fragment_without_its_beginning_spoils_the_frame_and_asks_for_a_key()
    {
        Give(100, 0, marker: true, Convert.FromHexString("78" + "00046742E01F" + "000468CE3C80" + "000365B8AA"), H264);
        Assert.NotNull(Frame());
        Give(101, 3000, marker: true, Convert.FromHexString("5C41AABB"), H264);
        Assert.Null(Frame());
        Assert.True(_receiver.TakePli());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(400)]
    public void Question_to_a_silent_sender_is_not_due_for_ever(int late)
    {
        Give(100, 0, marker: true, KeyStart);
        Assert.NotNull(Frame());
        _receiver.RequestKeyFrame(_now);
        Assert.True(_receiver.TakePli());
        Wait(300);
        Assert.True(_receiver.TakePli());
        Assert.Equal(_now + TimeSpan.FromMilliseconds(600), _receiver.NextDeadline);

        // A busy machine looks at it a tenth of a second late: a second has passed since the last packet.
        Wait(700 + late);
        Assert.False(_receiver.TakePli());
        Assert.True(_receiver.NextDeadline > _now, "it is to be called again at once, for ever");
        Wait(5000);
        Give(102, 6000, marker: true, DeltaStart);
        Assert.True(_receiver.NextDeadline <= _now || _receiver.RtcpDeadline <= _now);
        Wait(0);
        Assert.True(_receiver.TakePli());
    }

    private static byte[] KeyStart => Convert.FromHexString("10" + "5001009D012A8002E001");

    private static byte[] DeltaStart => Convert.FromHexString("10" + "510100");

    private static byte[] Continued => Convert.FromHexString("00" + "AABBCC");

    private static byte[] Layered(bool key, byte tl0, int tid, bool sync = false) =>
        [0x90, 0x60, tl0, (byte)((tid << 6) | (sync ? 0x20 : 0)), .. (key ? KeyStart : DeltaStart).AsSpan(1)];

    private void Wait(int milliseconds)
    {
        _now += TimeSpan.FromMilliseconds(milliseconds);
        _receiver.Advance(_now);
    }

    private ushort[] Nacks()
    {
        ushort[] due = new ushort[100];
        return due[.._receiver.TakeNacks(_now, due)];
    }

    private (uint Timestamp, bool Key)? Frame()
    {
        if (!_receiver.TryTakeFrame(out EncodedFrame frame))
        {
            return null;
        }

        (uint, bool) told = (frame.RtpTimestamp, frame.IsKey);
        frame.Dispose();
        return told;
    }

    private string FrameHex()
    {
        Assert.True(_receiver.TryTakeFrame(out EncodedFrame frame));
        string hex = Convert.ToHexString(frame.Data);
        frame.Dispose();
        return hex;
    }

    private void Give(ushort sequence, uint timestamp, bool marker, byte[] payload, byte type = Vp8)
    {
        byte[] buffer = new byte[12 + (payload.Length == 0 ? 4 : payload.Length)];
        RtpHeaderWriter writer = new(buffer, ExtensionMap.Empty, type, marker, sequence, timestamp, new Ssrc(1));
        int at = writer.End();
        payload.CopyTo(buffer, at);
        if (payload.Length == 0)
        {
            buffer[0] |= 0x20;
            buffer[^1] = 4;
        }

        GivePacket(buffer);
    }

    private void GiveRtx(ushort sequence, ushort original, uint timestamp, bool marker, byte[] payload)
    {
        byte[] buffer = new byte[14 + payload.Length];
        RtpHeaderWriter writer = new(buffer, ExtensionMap.Empty, Rtx, marker, sequence, timestamp, new Ssrc(2));
        int at = writer.End();
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(at), original);
        payload.CopyTo(buffer, at + 2);
        Assert.True(RtpHeaderView.TryParse(buffer, out RtpHeaderView packet));
        _receiver.ReceiveRtx(_now, packet, HeaderExtensionsView.Read(packet, _map));
    }

    private void GivePacket(ReadOnlySpan<byte> bytes)
    {
        Assert.True(RtpHeaderView.TryParse(bytes, out RtpHeaderView packet));
        _receiver.Receive(_now, packet, HeaderExtensionsView.Read(packet, _map));
    }
}
