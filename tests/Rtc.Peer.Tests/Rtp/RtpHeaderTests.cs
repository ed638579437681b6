using Rtc.Peer.Primitives;
using Rtc.Peer.Rtp;
using Xunit;

namespace Rtc.Peer.Tests.Rtp;

public sealed class RtpHeaderTests
{
    // Version 2, extension, marker, type 96, sequence 0x1234, timestamp, SSRC; one-byte extensions:
    // id 1 "0" (mid), padding, id 3 transport sequence 0xABCD; payload.
    private static readonly byte[] s_packet = Convert.FromHexString(
        "90E0123411223344DEADBEEF" + "BEDE0002" + "1030" + "00" + "31ABCD" + "0000" + "0102030405");

    [Fact]
    public void Fields_lie_where_RFC_3550_puts_them()
    {
        Assert.True(RtpHeaderView.TryParse(s_packet, out RtpHeaderView view));
        Assert.True(view.Marker);
        Assert.Equal(96, view.PayloadType);
        Assert.Equal(0x1234, view.Sequence);
        Assert.Equal(0x11223344u, view.Timestamp);
        Assert.Equal(new Ssrc(0xDEADBEEF), view.Ssrc);
        Assert.Equal(0xBEDE, view.ExtensionProfile);
        Assert.Equal([1, 2, 3, 4, 5], view.Payload.ToArray());
    }

    [Fact]
    public void One_byte_extensions_are_found_by_their_negotiated_ids()
    {
        ExtensionMap map = new();
        Assert.True(map.TryAdd(1, RtpExtension.Mid));
        Assert.True(map.TryAdd(3, RtpExtension.TransportSequence));
        Assert.True(RtpHeaderView.TryParse(s_packet, out RtpHeaderView view));
        HeaderExtensionsView extensions = HeaderExtensionsView.Read(view, map);
        Assert.Equal("0"u8.ToArray(), extensions.Mid.ToArray());
        Assert.Equal(0xABCD, extensions.TransportSequence);
        Assert.Equal(-1, extensions.AbsSendTime);
    }

    [Fact]
    public void An_element_with_id_15_ends_the_reading()
    {
        byte[] packet = Convert.FromHexString("90600001000000010000000A" + "BEDE0002" + "F0FF31ABCD000000");
        ExtensionMap map = new();
        map.TryAdd(3, RtpExtension.TransportSequence);
        Assert.True(RtpHeaderView.TryParse(packet, out RtpHeaderView view));
        Assert.Equal(-1, HeaderExtensionsView.Read(view, map).TransportSequence);
    }

    [Fact]
    public void Two_byte_extensions_carry_ids_above_14()
    {
        // RFC 8285 section 4.3: profile 0x1000, then id, length, data.
        byte[] packet = Convert.FromHexString("90600001000000010000000A" + "10000002" + "14021234" + "00150155");
        ExtensionMap map = new();
        map.TryAdd(20, RtpExtension.TransportSequence);
        map.TryAdd(21, RtpExtension.Mid);
        Assert.True(RtpHeaderView.TryParse(packet, out RtpHeaderView view));
        HeaderExtensionsView extensions = HeaderExtensionsView.Read(view, map);
        Assert.Equal(0x1234, extensions.TransportSequence);
        Assert.Equal("U"u8.ToArray(), extensions.Mid.ToArray());
    }

    [Fact]
    public void Padding_is_cut_and_a_packet_of_padding_alone_is_empty()
    {
        byte[] packet = Convert.FromHexString("A0600001000000010000000A" + "00000004");
        Assert.True(RtpHeaderView.TryParse(packet, out RtpHeaderView view));
        Assert.Equal(0, view.Payload.Length);
        Assert.Equal(4, view.PaddingLength);
    }

    [Theory]
    [InlineData("40600001000000010000000A01")] // version 1
    [InlineData("A0600001000000010000000A00")] // padding of zero
    [InlineData("A0600001000000010000000A05")] // more padding than packet
    [InlineData("A0600001000000010000000A")] // padding announced, nothing there
    [InlineData("8F600001000000010000000A00")] // fifteen CSRCs announced
    [InlineData("90600001000000010000000ABEDE0005")] // extension runs past the end
    [InlineData("90600001000000010000000ABEDE")] // half an extension header
    public void Malformed_headers_are_refused(string hex) =>
        Assert.False(RtpHeaderView.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void Every_truncation_is_refused_or_read_without_an_error()
    {
        ExtensionMap map = ParserFuzz.Extensions();
        for (int length = 0; length < s_packet.Length; length++)
        {
            if (RtpHeaderView.TryParse(s_packet.AsSpan(0, length), out RtpHeaderView view))
            {
                HeaderExtensionsView.Read(view, map);
                Assert.True(length >= 24);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_the_writer_writes_the_view_reads(bool twoByte)
    {
        ExtensionMap map = new();
        map.TryAdd(twoByte ? 100 : 1, RtpExtension.Mid);
        map.TryAdd(2, RtpExtension.AbsSendTime);
        map.TryAdd(3, RtpExtension.TransportSequence);
        map.TryAdd(4, RtpExtension.AbsCaptureTime);
        map.TryAdd(5, RtpExtension.PlayoutDelay);
        map.TryAdd(6, RtpExtension.VideoOrientation);
        byte[] buffer = new byte[200];
        RtpHeaderWriter writer = new(buffer, map, 101, true, 65535, 0xFFFFFFFF, new Ssrc(7));
        writer.AddAbsSendTime(new Instant(1_500_000));
        writer.AddTransportSequence(0xFEDC);
        writer.Add(RtpExtension.Mid, "video"u8);
        writer.AddAbsCaptureTime(0x0102030405060708);
        writer.AddPlayoutDelay(50);
        writer.AddOrientation(VideoRotation.Clockwise270);
        int length = writer.End();
        Assert.True(RtpHeaderView.TryParse(buffer.AsSpan(0, length), out RtpHeaderView view));
        Assert.Equal(length, view.HeaderLength);
        Assert.Equal(twoByte ? 0x1000 : 0xBEDE, view.ExtensionProfile);
        Assert.True(view.Marker);
        Assert.Equal(101, view.PayloadType);
        HeaderExtensionsView extensions = HeaderExtensionsView.Read(view, map);
        Assert.Equal((1 << 18) + (1 << 17), extensions.AbsSendTime);
        Assert.Equal(0xFEDC, extensions.TransportSequence);
        Assert.Equal("video"u8.ToArray(), extensions.Mid.ToArray());
        Assert.Equal(0x0102030405060708u, extensions.CaptureNtp);
        Assert.Equal(3, extensions.Orientation);
    }

    [Fact]
    public void Sequence_numbers_unwrap_across_the_end_in_both_directions()
    {
        SequenceUnwrapper unwrapper = default;
        long first = unwrapper.Unwrap(65534);
        Assert.Equal(first + 3, unwrapper.Unwrap(1));
        Assert.Equal(first + 1, unwrapper.Unwrap(65535));
        Assert.Equal(first + 3, unwrapper.Newest);
        Assert.Equal(first - 65534, unwrapper.Peek(0) - 65536);
    }

    [Fact]
    public void Absolute_send_times_differ_across_their_wrap()
    {
        Assert.Equal(1_000_000, AbsSendTime.MicrosecondsBetween(0xFFFFFF - (1 << 17) + 1, 1 << 17));
        Assert.Equal(-1_000_000, AbsSendTime.MicrosecondsBetween(1 << 17, 0xFFFFFF - (1 << 17) + 1));
    }
}
