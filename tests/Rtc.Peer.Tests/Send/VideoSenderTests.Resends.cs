using Rtc.Peer.Primitives;
using Rtc.Peer.Rtp;
using Rtc.Peer.Send;
using Rtc.Peer.Tests.Rtp;
using Xunit;

namespace Rtc.Peer.Tests.Send;

/// <summary>What goes out again: the packet that opens a stream unasked, others when they are asked for.</summary>
public sealed partial class VideoSenderTests
{
    [Fact]
    public void The_packet_that_opens_a_stream_goes_twice_at_once_and_no_other()
    {
        Send(TestFrames.Vp8(_pool, 9000, key: true, 3000));
        Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView first));
        Assert.True(_sender.HasResends);
        Assert.True(RtpHeaderView.TryParse(Resend()!, out RtpHeaderView again));
        Assert.Equal(first.Sequence, (again.Payload[0] << 8) | again.Payload[1]);
        Assert.True(first.Payload.SequenceEqual(again.Payload[2..]));
        while (_sender.HasMedia)
        {
            Next();
            Assert.False(_sender.HasResends);
        }

        // And once more where all was in vain.
        _sender.BeginAgain(_now);
        Send(TestFrames.Vp8(_pool, 12_000, key: true, 3000));
        Next();
        Assert.NotNull(Resend());
        Next();
        Assert.Null(Resend());
    }

    [Fact]
    public void Forgotten_frames_are_neither_sent_nor_sent_again()
    {
        Open();
        Send(TestFrames.Vp8(_pool, 9000, key: true, 5000));
        Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView sent));
        ushort number = sent.Sequence;
        Ask(number);
        Assert.True(_sender.HasMedia && _sender.HasResends);

        _sender.ForgetFrames(_now);

        Assert.False(_sender.HasMedia || _sender.HasResends);
        Assert.Equal(0, _sender.WaitingBytes);
        Assert.True(_sender.TakeKeyFrameRequest());
        Ask(number);
        Assert.Null(Resend());
        Send(TestFrames.Vp8(_pool, 12_000, key: false, 500));
        Assert.False(_sender.HasMedia);
        Send(TestFrames.Vp8(_pool, 15_000, key: true, 500));
        Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView next));
        Assert.Equal((ushort)(number + 1), next.Sequence);
    }

    [Fact]
    public void A_resent_packet_is_the_original_behind_its_number_on_the_RTX_stream()
    {
        Open();
        Send(TestFrames.Vp8(_pool, 9000, key: true, 2000));
        byte[] first = Next();
        Next();
        Assert.True(RtpHeaderView.TryParse(first, out RtpHeaderView original));
        Ask(original.Sequence);
        byte[] again = Resend()!;
        Assert.True(RtpHeaderView.TryParse(again, out RtpHeaderView packet));
        Assert.Equal(97, packet.PayloadType);
        Assert.Equal(new Ssrc(2), packet.Ssrc);
        Assert.Equal(original.Timestamp, packet.Timestamp);
        Assert.Equal(original.Sequence, (packet.Payload[0] << 8) | packet.Payload[1]);
        Assert.True(original.Payload.SequenceEqual(packet.Payload[2..]));
        Assert.Null(Resend());
    }

    [Fact]
    public void Without_RTX_a_resend_is_the_same_packet_to_the_byte()
    {
        // Its number is SRTP's nonce: another send time or transport number under it would give away the key of the tag.
        using VideoSender plain = Make(rtx: false);
        using EncodedFrame frame = TestFrames.Vp8(_pool, 9000, key: true, 2000);
        plain.Send(_now, frame);
        plain.WriteNext(_now, _buffer, 1);
        Assert.True(plain.TryWriteResend(_now, _buffer, 2, out _));
        byte[] first = _buffer[..plain.WriteNext(_now, _buffer, 3)];
        Assert.True(RtpHeaderView.TryParse(first, out RtpHeaderView original));
        plain.OnNack(_now, Nack(original.Sequence));
        Assert.True(plain.TryWriteResend(_now + TimeSpan.FromMilliseconds(40), _buffer, 4, out int length));
        Assert.False(plain.NumbersResends);
        Assert.True(first.AsSpan().SequenceEqual(_buffer.AsSpan(0, length)));
    }

    [Fact]
    public void The_same_number_is_answered_once_a_round_trip()
    {
        Open();
        _sender.RoundTrip = TimeSpan.FromMilliseconds(100);
        Send(TestFrames.Vp8(_pool, 9000, key: true, 500));
        Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView packet));
        ushort number = packet.Sequence;
        for (int i = 0; i < 5; i++)
        {
            Ask(number);
        }

        Assert.NotNull(Resend());
        Assert.Null(Resend());
        _now += TimeSpan.FromMilliseconds(40);
        Ask(number);
        Assert.Null(Resend());
        _now += TimeSpan.FromMilliseconds(60);
        Ask(number);
        Assert.NotNull(Resend());
    }

    [Fact]
    public void What_was_never_sent_or_is_too_old_is_not_answered()
    {
        Open();
        Send(TestFrames.Vp8(_pool, 9000, key: true, 500));
        Assert.True(RtpHeaderView.TryParse(Next(), out RtpHeaderView packet));
        ushort number = packet.Sequence;
        Ask((ushort)(number + 1));
        Ask((ushort)(number - 1));
        Ask((ushort)(number + 30_000));
        Assert.Null(Resend());
        _now += TimeSpan.FromSeconds(2);
        _sender.Advance(_now);
        Assert.Equal(0, _pool.Outstanding);
        Ask(number);
        Assert.Null(Resend());
        Assert.Equal(4, _sender.Counters.ResendRefused);
    }

    /// <summary>A stream that has begun: its first packet and that one's repetition are on their way.</summary>
    private void Open()
    {
        Send(TestFrames.Vp8(_pool, 6000, key: true, 100));
        Next();
        Assert.NotNull(Resend());
        Assert.False(_sender.HasMedia || _sender.HasResends);
    }
}
