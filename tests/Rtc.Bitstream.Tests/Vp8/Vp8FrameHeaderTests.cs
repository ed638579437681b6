using Rtc.Bitstream.Vp8;

namespace Rtc.Bitstream.Tests.Vp8;

/// <summary>RFC 6386 section 9.1: frame tag, start code, 14 bits each of width and height with scale above.</summary>
public sealed class Vp8FrameHeaderTests
{
    [Fact]
    public void Key_frame_tells_its_size()
    {
        Assert.True(Vp8FrameHeader.TryParse(Convert.FromHexString("5001009D012A8002E001"), out Vp8FrameHeader header));
        Assert.Equal(new Vp8FrameHeader(true, 640, 480), header);
        Assert.True(Vp8FrameHeader.TryParse(Convert.FromHexString("5001009D012A8042E081"), out Vp8FrameHeader scaled));
        Assert.Equal(header, scaled);
    }

    [Fact]
    public void Other_frames_have_no_size()
    {
        Assert.True(Vp8FrameHeader.TryParse(Convert.FromHexString("510100"), out Vp8FrameHeader header));
        Assert.Equal(default, header);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5001")]
    [InlineData("5001009D012A8002E0")]
    [InlineData("5001009D012B8002E001")] // start code
    [InlineData("5001009D012A800200")]
    [InlineData("5001009D012A0000E001")] // no width
    public void Headers_cut_short_or_spoilt_are_refused(string frame) =>
        Assert.False(Vp8FrameHeader.TryParse(Convert.FromHexString(frame), out _));

    [Theory]
    [InlineData("5000009D012A8002E001AABB", true)] // two bytes behind the header
    [InlineData("5000009D012A8002E001AA", false)]
    [InlineData("410000AABB", true)]
    [InlineData("410000AA", false)]
    [InlineData("010000AABB", false)] // none at all
    [InlineData("4100", false)]
    public void First_partition_has_to_be_there_whole(string frame, bool expected) =>
        Assert.Equal(expected, Vp8FrameHeader.HoldsFirstPartition(Convert.FromHexString(frame)));
}
