using Rtc.Peer.Primitives;
using Rtc.Peer.Rtcp;
using Xunit;

namespace Rtc.Peer.Tests.Rtcp;

public sealed class RtcpTests
{
    private static readonly Ssrc s_self = new(0x01020304);
    private static readonly Ssrc s_media = new(0x0A0B0C0D);

    [Fact]
    public void A_sender_report_is_written_byte_for_byte_and_read_back()
    {
        byte[] buffer = new byte[200];
        RtcpWriter writer = new(buffer);
        ReportBlock block = new(s_media, 64, -2, 0x00011234, 90, 0xAABBCCDD, 65536);
        Assert.True(writer.SenderReport(s_self, new SenderInfo(0xE9000000_80000000, 0x11223344, 10, 2000), [block]));
        Assert.Equal(
            "81C8000C" + "01020304" + "E900000080000000" + "11223344" + "0000000A" + "000007D0"
            + "0A0B0C0D" + "40FFFFFE" + "00011234" + "0000005A" + "AABBCCDD" + "00010000",
            Convert.ToHexString(buffer.AsSpan(0, writer.Length)));

        RtcpCompoundReader reader = new(buffer.AsSpan(0, writer.Length));
        Assert.True(reader.TryRead(out RtcpPacketView packet));
        Assert.True(ReportView.TryParse(packet, out ReportView report));
        Assert.Equal(s_self, report.Sender);
        Assert.Equal(new SenderInfo(0xE9000000_80000000, 0x11223344, 10, 2000), report.Info);
        Assert.Equal(1, report.Count);
        Assert.Equal(block, report.Block(0));
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.Malformed);
    }

    [Theory]
    [InlineData("", "81CA0003" + "01020304" + "0100" + "0000")]
    [InlineData("ab", "81CA0003" + "01020304" + "01026162" + "00000000")]
    [InlineData("abc", "81CA0003" + "01020304" + "010361626300" + "0000")]
    public void A_source_description_ends_with_a_zero_and_on_a_word(string name, string hex)
    {
        byte[] buffer = new byte[64];
        RtcpWriter writer = new(buffer);
        Assert.True(writer.SourceDescription([s_self], System.Text.Encoding.ASCII.GetBytes(name)));
        string written = Convert.ToHexString(buffer.AsSpan(0, writer.Length));
        Assert.Equal(0, writer.Length % 4);
        Assert.StartsWith(hex[8..].TrimEnd('0'), written[8..], StringComparison.Ordinal);
        RtcpCompoundReader reader = new(buffer.AsSpan(0, writer.Length));
        Assert.True(reader.TryRead(out RtcpPacketView packet));
        SdesReader sdes = new(packet.Body);
        Assert.True(sdes.TryRead(out Ssrc source, out ReadOnlySpan<byte> read));
        Assert.Equal(s_self, source);
        Assert.Equal(name, System.Text.Encoding.ASCII.GetString(read));
        Assert.False(sdes.TryRead(out _, out _));
    }

    [Fact]
    public void A_NACK_packs_seventeen_numbers_into_one_entry_across_the_wrap()
    {
        byte[] buffer = new byte[64];
        RtcpWriter writer = new(buffer);
        ushort[] wanted = [65535, 0, 2, 15, 16];
        Assert.Equal(5, writer.Nack(s_self, s_media, wanted));
        // PID 65535; bits 0 (65536=0), 2 (2), 15 (15); then PID 16.
        Assert.Equal("81CD0004" + "01020304" + "0A0B0C0D" + "FFFF8005" + "00100000", Convert.ToHexString(buffer.AsSpan(0, writer.Length)));
        RtcpCompoundReader reader = new(buffer.AsSpan(0, writer.Length));
        Assert.True(reader.TryRead(out RtcpPacketView packet));
        Assert.True(FeedbackView.TryParse(packet, out FeedbackView feedback));
        NackReader nack = new(feedback.Information);
        List<ushort> read = [];
        while (nack.TryRead(out ushort sequence))
        {
            read.Add(sequence);
        }

        Assert.Equal(wanted, read);
    }

    [Fact]
    public void A_NACK_names_only_what_fits()
    {
        byte[] buffer = new byte[20];
        RtcpWriter writer = new(buffer);
        Assert.Equal(2, writer.Nack(s_self, s_media, [10, 100, 200]));
        Assert.Equal(20, writer.Length);
        Assert.Equal(0, writer.Nack(s_self, s_media, [300]));
        Assert.Equal(20, writer.Length);
    }

    [Fact]
    public void PLI_FIR_and_BYE_are_written_byte_for_byte()
    {
        byte[] buffer = new byte[64];
        RtcpWriter writer = new(buffer);
        Assert.True(writer.Pli(s_self, s_media));
        Assert.True(writer.Fir(s_self, s_media, 7));
        Assert.True(writer.Bye([s_self]));
        Assert.Equal(
            "81CE0002" + "01020304" + "0A0B0C0D"
            + "84CE0004" + "01020304" + "00000000" + "0A0B0C0D" + "07000000"
            + "81CB0001" + "01020304",
            Convert.ToHexString(buffer.AsSpan(0, writer.Length)));
        RtcpCompoundReader reader = new(buffer.AsSpan(0, writer.Length));
        Assert.True(reader.TryRead(out _));
        Assert.True(reader.TryRead(out RtcpPacketView fir));
        Assert.True(FeedbackView.TryParse(fir, out FeedbackView feedback));
        FirReader entries = new(feedback.Information);
        Assert.True(entries.TryRead(out Ssrc media, out byte sequence));
        Assert.Equal(s_media, media);
        Assert.Equal(7, sequence);
    }

    [Theory]
    [InlineData(262_143, "03FFFF")]
    [InlineData(1_000_000, "0BD090")]
    [InlineData(5_000_000_000, "3E540B")]
    public void REMB_keeps_18_bits_of_the_rate(long bits, string hex)
    {
        byte[] buffer = new byte[64];
        RtcpWriter writer = new(buffer);
        Assert.True(writer.Remb(s_self, new Bitrate(bits), [s_media]));
        Assert.Equal(
            "8FCE0005" + "01020304" + "00000000" + "52454D42" + "01" + hex + "0A0B0C0D",
            Convert.ToHexString(buffer.AsSpan(0, writer.Length)));
        Assert.True(RembView.TryParse(buffer.AsSpan(12, writer.Length - 12), out RembView view));
        Assert.InRange(view.Bitrate.BitsPerSecond, bits - (bits >> 17), bits);
        Assert.Equal(s_media, view.Source(0));
    }

    [Fact]
    public void A_REMB_whose_exponent_shifts_the_rate_away_means_no_limit()
    {
        Assert.True(RembView.TryParse(Convert.FromHexString("52454D42" + "00" + "FFFFFF"), out RembView view));
        Assert.Equal(long.MaxValue, view.Bitrate.BitsPerSecond);
        Assert.True(RembView.TryParse(Convert.FromHexString("52454D42" + "00" + "FC0000"), out RembView zero));
        Assert.Equal(0, zero.Bitrate.BitsPerSecond);
    }

    [Theory]
    [InlineData("81C90007")] // longer than there is
    [InlineData("41C90000")] // version 1
    [InlineData("A1C9000000")] // padding, no body, and a stray byte
    [InlineData("A1C9000101020300")] // padding of zero
    [InlineData("A1C9000101020305")] // more padding than body
    public void A_compound_stops_at_what_is_no_packet(string hex)
    {
        RtcpCompoundReader reader = new(Convert.FromHexString(hex));
        while (reader.TryRead(out RtcpPacketView packet))
        {
            Assert.False(ReportView.TryParse(packet, out _));
        }

        Assert.True(reader.Malformed);
    }

    [Fact]
    public void A_report_that_announces_more_blocks_than_it_holds_is_refused()
    {
        byte[] packet = Convert.FromHexString("82C90007" + "01020304" + new string('0', 48));
        RtcpCompoundReader reader = new(packet);
        Assert.True(reader.TryRead(out RtcpPacketView view));
        Assert.False(ReportView.TryParse(view, out _));
    }
}
