using Rtc.Peer.Primitives;
using Rtc.Peer.Rtcp;
using Rtc.Peer.Rtp;
using Rtc.Peer.Send;
using Rtc.Peer.Tests.Rtp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Send;

public sealed partial class VideoSenderTests : IDisposable
{
    private readonly EncodedFramePool _pool = new();
    private readonly byte[] _buffer = new byte[1500];
    private readonly VideoSender _sender = Make();
    private Instant _now = new(1_000_000);

    public void Dispose()
    {
        _sender.Dispose();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void A_VP8_frame_is_cut_evenly_under_a_descriptor_of_our_own()
    {
        Send(TestFrames.Vp8(_pool, 9000, key: true, 2000));
        byte[] first = Next();
        byte[] second = Next();
        Assert.False(_sender.HasMedia);
        Assert.True(RtpHeaderView.TryParse(first, out RtpHeaderView one));
        Assert.True(RtpHeaderView.TryParse(second, out RtpHeaderView two));
        Assert.Equal((ushort)(one.Sequence + 1), two.Sequence);
        Assert.False(one.Marker);
        Assert.True(two.Marker);
        Assert.Equal(9000u, two.Timestamp);
        Assert.True(Vp8DescriptorView.TryParse(one.Payload, out Vp8DescriptorView start));
        Assert.True(Vp8DescriptorView.TryParse(two.Payload, out Vp8DescriptorView rest));
        Assert.True(start.StartsFrame);
        Assert.False(rest.StartOfPartition);
        Assert.True(start.LongPictureId);
        Assert.Equal(start.PictureId, rest.PictureId);
        Assert.Equal(0, start.TemporalLayer);
        Assert.Equal(1000, start.Payload.Length);
        Assert.Equal(1000, rest.Payload.Length);
    }

    [Fact]
    public void No_packet_is_longer_than_its_budget()
    {
        Random random = new(4);
        for (int i = 0; i < 200; i++)
        {
            bool h264 = i % 2 == 1;
            Send(h264
                ? TestFrames.H264(_pool, (uint)i, key: true, random.Next(20, 30_000))
                : TestFrames.Vp8(_pool, (uint)i, key: true, random.Next(20, 30_000)));
            while (_sender.HasMedia)
            {
                Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView packet));
                Assert.InRange(packet.Payload.Length, 1, VideoSender.PayloadBudget);
                Assert.InRange(packet.PacketLength, 1, 1200);
            }
        }
    }

    [Fact]
    public void Nothing_waits_once_everything_was_sent_or_taken_back()
    {
        Random random = new(6);
        for (int i = 0; i < 200; i++)
        {
            Send(TestFrames.H264(_pool, (uint)i, key: true, random.Next(20, 9000)));
            Assert.True(_sender.WaitingBytes > 0);
            for (int left = random.Next(3); left > 0 && _sender.HasMedia; left--)
            {
                Next();
            }

            while (i % 2 == 0 && _sender.HasMedia)
            {
                Next();
            }

            Assert.Equal(_sender.HasMedia, _sender.WaitingBytes > 0);
        }

        _sender.SetActive(false);
        Assert.Equal(0, _sender.WaitingBytes);
    }

    [Fact]
    public void H264_small_units_share_a_STAP_A_and_large_ones_become_FU_A()
    {
        Send(TestFrames.H264(_pool, 0, key: true, 2500));
        Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView sets));
        Assert.Equal("78" + "00076742E01F8D6805" + "000468CE3C80", Convert.ToHexString(sets.Payload));
        List<byte[]> fragments = [];
        while (_sender.HasMedia)
        {
            fragments.Add(Next());
        }

        Assert.Equal(3, fragments.Count);
        int[] headers = [0x85, 0x05, 0x45];
        for (int i = 0; i < 3; i++)
        {
            Assert.True(RtpHeaderView.TryParse(fragments[i], out RtpHeaderView packet));
            Assert.Equal(0x7C, packet.Payload[0]);
            Assert.Equal(headers[i], packet.Payload[1]);
            Assert.Equal(i == 2, packet.Marker);
        }
    }

    [Fact]
    public void The_cache_shares_the_frame_and_copies_nothing()
    {
        EncodedFrame frame = TestFrames.Vp8(_pool, 9000, key: true, 5000);
        using VideoSender other = Make();
        _sender.Send(_now, frame);
        other.Send(_now, frame);
        frame.Dispose();
        Assert.Equal(1, _pool.Outstanding);
        while (_sender.HasMedia)
        {
            Next();
        }

        other.Dispose();
        Assert.Equal(1, _pool.Outstanding);
    }

    [Fact]
    public void A_slow_viewer_gets_the_base_layer_with_numbers_that_go_on()
    {
        _sender.Available = Bitrate.FromKilobits(100);
        List<(int Picture, int Tl0, int Layer)> sent = [];
        ushort? last = null;
        for (uint i = 0; i < 120; i++)
        {
            if (i == 90)
            {
                _sender.Available = Bitrate.FromKilobits(2000);
            }

            int layer = i == 0 ? 0 : (int)(i % 2);
            Send(TestFrames.Vp8(_pool, i * 3000, key: i == 0, 600, layer, sync: layer > 0));
            while (_sender.HasMedia)
            {
                Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView packet));
                Assert.True(last is null || (ushort)(last.Value + 1) == packet.Sequence);
                last = packet.Sequence;
                Assert.True(Vp8DescriptorView.TryParse(packet.Payload, out Vp8DescriptorView view));
                sent.Add((view.PictureId, view.Tl0PicIdx, view.TemporalLayer));
            }

            _now += TimeSpan.FromMilliseconds(33);
        }

        // 60 base pictures; of the other 60 those of the first and the last half second or so.
        Assert.InRange(sent.Count(one => one.Layer == 1), 10, 30);
        Assert.Equal(60, sent.Count(one => one.Layer == 0));
        for (int i = 1; i < sent.Count; i++)
        {
            Assert.Equal((sent[i - 1].Picture + 1) & 0x7FFF, sent[i].Picture);
            Assert.Equal((sent[i - 1].Tl0 + (sent[i].Layer == 0 ? 1 : 0)) & 0xFF, sent[i].Tl0);
        }
    }

    [Fact]
    public void Undrained_queue_is_cut_to_a_key_frame_without_a_hole()
    {
        Send(TestFrames.Vp8(_pool, 0, key: true, 5000));
        Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView first));
        ushort number = first.Sequence;
        for (uint i = 1; i < 60; i++)
        {
            _now += TimeSpan.FromMilliseconds(33);
            Send(TestFrames.Vp8(_pool, i * 3000, key: false, 3000));
        }

        Assert.True(_sender.TakeKeyFrameRequest());
        Assert.True(_sender.WaitingBytes < 10_000);
        _now += TimeSpan.FromMilliseconds(33);
        Send(TestFrames.Vp8(_pool, 1_000_000, key: true, 500));
        int picture = -1;
        while (_sender.HasMedia)
        {
            Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView packet));
            Assert.Equal(++number, packet.Sequence);
            Assert.True(Vp8DescriptorView.TryParse(packet.Payload, out Vp8DescriptorView view));
            Assert.True(picture < 0 || view.PictureId == picture || view.PictureId == ((picture + 1) & 0x7FFF));
            picture = view.PictureId;
        }
    }

    [Fact]
    public void A_viewer_begins_with_a_key_frame_and_asks_for_one()
    {
        using EncodedFrame delta = TestFrames.Vp8(_pool, 0, key: false, 500);
        using EncodedFrame key = TestFrames.Vp8(_pool, 3000, key: true, 500);
        Assert.False(_sender.Send(_now, delta));
        Assert.True(_sender.TakeKeyFrameRequest());
        Assert.False(_sender.TakeKeyFrameRequest());
        Assert.True(_sender.Send(_now, key));
    }

    [Fact]
    public void Key_frame_requests_are_limited_and_a_repeated_FIR_is_one()
    {
        _sender.OnPli(_now);
        _sender.OnPli(_now);
        Assert.True(_sender.TakeKeyFrameRequest());
        _now += TimeSpan.FromMilliseconds(100);
        _sender.OnPli(_now);
        Assert.False(_sender.TakeKeyFrameRequest());
        _now += TimeSpan.FromMilliseconds(300);
        _sender.OnFir(_now, 4);
        Assert.True(_sender.TakeKeyFrameRequest());
        _now += TimeSpan.FromMilliseconds(400);
        _sender.OnFir(_now, 4);
        Assert.False(_sender.TakeKeyFrameRequest());
        _sender.OnFir(_now, 5);
        Assert.True(_sender.TakeKeyFrameRequest());
    }

    [Fact]
    public void MID_goes_with_every_packet_until_the_viewer_reports()
    {
        Send(TestFrames.Vp8(_pool, 0, key: true, 2000));
        Assert.Equal("v"u8.ToArray(), MidOf(Next()));
        Assert.Equal("v"u8.ToArray(), MidOf(Next()));
        _sender.OnReport(_now, 0);
        Send(TestFrames.Vp8(_pool, 3000, key: false, 500));
        Assert.Empty(MidOf(Next()));
    }

    [Fact]
    public void Padding_goes_on_the_RTX_stream_and_repeats_what_was_sent()
    {
        Assert.False(_sender.TryWritePadding(_now, _buffer, 1, out _));
        Send(TestFrames.Vp8(_pool, 0, key: true, 800));
        Next();
        Assert.True(_sender.TryWritePadding(_now, _buffer, 7, out int length));
        Assert.True(RtpHeaderView.TryParse(_buffer.AsSpan(0, length), out RtpHeaderView packet));
        Assert.Equal(new Ssrc(2), packet.Ssrc);
        Assert.InRange(packet.Payload.Length, 800, 820);
    }

    [Fact]
    public void Padding_without_RTX_uses_sequence_numbers_between_frames()
    {
        using VideoSender plain = Make(rtx: false);
        using EncodedFrame frame = TestFrames.Vp8(_pool, 9000, key: true, 500);
        plain.Send(_now, frame);
        Assert.False(plain.TryWritePadding(_now, _buffer, null, out _));
        plain.WriteNext(_now, _buffer, null);
        Assert.True(RtpHeaderView.TryParse(_buffer, out RtpHeaderView media));
        ushort number = media.Sequence;
        Assert.True(plain.TryWritePadding(_now, _buffer, null, out int length));
        Assert.True(RtpHeaderView.TryParse(_buffer.AsSpan(0, length), out RtpHeaderView padding));
        Assert.Equal(number + 1, padding.Sequence);
        Assert.Equal(0, padding.Payload.Length);
        Assert.False(padding.Marker);
    }

    [Fact]
    public void A_sender_report_maps_the_frames_clock_to_now()
    {
        Send(TestFrames.Vp8(_pool, 90_000, key: true, 500));
        int payload = Next().Length;
        SenderInfo info = _sender.MakeReport(_now + TimeSpan.FromMilliseconds(500), 77);
        Assert.Equal(90_000u + 45_000u, info.RtpTimestamp);
        Assert.Equal(1u, info.Packets);
        Assert.InRange(info.Octets, 500u, (uint)payload);
    }

    [Fact]
    public void New_payload_types_reach_what_waits_and_what_is_sent_again()
    {
        Send(TestFrames.Vp8(_pool, 9000, key: true, 3000));
        Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView before));
        Assert.Equal(96, before.PayloadType);
        _sender.Renegotiate(Options() with { Codecs = [new SendCodec(VideoCodec.Vp8, 120, 121)] });

        Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView after));
        Assert.Equal((120, (ushort)(before.Sequence + 1), before.Ssrc), (after.PayloadType, after.Sequence, after.Ssrc));
        Ask(before.Sequence);
        Assert.True(RtpHeaderView.TryParse(Resend(), out RtpHeaderView again));
        Assert.Equal((121, new Ssrc(2)), (again.PayloadType, again.Ssrc));
        _now += TimeSpan.FromSeconds(1);
        _sender.Renegotiate(Options() with { Rtx = null, Codecs = [new SendCodec(VideoCodec.Vp8, 120, null)] });
        Ask(before.Sequence);
        Assert.Null(Resend());
    }

    [Fact]
    public void Frames_of_a_codec_negotiated_away_go_and_the_next_begins_with_a_key()
    {
        Send(TestFrames.Vp8(_pool, 9000, key: true, 3000));
        Next();
        _sender.Renegotiate(Options() with { Codecs = [new SendCodec(VideoCodec.H264, 102, 103)] });
        Assert.False(_sender.HasMedia);
        Assert.Equal(0, _pool.Outstanding);
        Send(TestFrames.H264(_pool, 12_000, key: false, 500));
        Assert.False(_sender.HasMedia);
        Assert.True(_sender.TakeKeyFrameRequest());
        Send(TestFrames.H264(_pool, 15_000, key: true, 500));
        Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView packet));
        Assert.Equal(102, packet.PayloadType);
    }

    private static VideoSender Make(bool rtx = true) => new(Options(rtx), SeededRandom.Of(11));

    private static VideoSenderOptions Options(bool rtx = true) => new()
    {
        Media = new Ssrc(1),
        Rtx = rtx ? new Ssrc(2) : null,
        Mid = "v",
        Extensions = ParserFuzz.Extensions(),
        Codecs = [new SendCodec(VideoCodec.Vp8, 96, rtx ? (byte)97 : null), new SendCodec(VideoCodec.H264, 102, rtx ? (byte)103 : null)],
    };

    private static byte[] MidOf(byte[] bytes)
    {
        Assert.True(RtpHeaderView.TryParse(bytes, out RtpHeaderView packet));
        return HeaderExtensionsView.Read(packet, ParserFuzz.Extensions()).Mid.ToArray();
    }

    private static NackReader Nack(ushort number) =>
        new(new byte[] { (byte)(number >> 8), (byte)number, 0, 0 });

    private void Send(EncodedFrame frame)
    {
        _sender.Send(_now, frame);
        frame.Dispose();
    }

    private byte[] Next() => _buffer[.._sender.WriteNext(_now, _buffer, 1)];

    private void Ask(ushort number) => _sender.OnNack(_now, Nack(number));

    private byte[]? Resend() => _sender.TryWriteResend(_now, _buffer, 1, out int length) ? _buffer[..length] : null;
}
