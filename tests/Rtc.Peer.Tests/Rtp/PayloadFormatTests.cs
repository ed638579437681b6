using Rtc.Peer.Rtp;
using Xunit;

namespace Rtc.Peer.Tests.Rtp;

public sealed class PayloadFormatTests
{
    [Theory]
    [InlineData("10AA", true, 0, -1, -1, -1, false, -1)] // S, no extension
    [InlineData("03AA", false, 3, -1, -1, -1, false, -1)] // PID 3
    [InlineData("908011AA", true, 0, 0x11, -1, -1, false, -1)] // 7-bit PictureID
    [InlineData("90809234AA", true, 0, 0x1234, -1, -1, false, -1)] // 15-bit PictureID
    [InlineData("90C07F05AA", true, 0, 0x7F, 5, -1, false, -1)] // and TL0PICIDX
    [InlineData("90E0FFFF2A6AAA", true, 0, 0x7FFF, 0x2A, 1, true, -1)] // and TID 1 with Y
    [InlineData("80101FAA", false, 0, -1, -1, -1, false, 31)] // KEYIDX alone
    [InlineData("90F0817F0083AA", true, 0, 0x017F, 0, 2, false, 3)]
    public void VP8_descriptors_read_as_RFC_7741_draws_them(
        string hex, bool start, int partition, int picture, int tl0, int tid, bool sync, int key)
    {
        Assert.True(Vp8DescriptorView.TryParse(Convert.FromHexString(hex), out Vp8DescriptorView view));
        Assert.Equal(start, view.StartOfPartition);
        Assert.Equal(partition, view.Partition);
        Assert.Equal(picture, view.PictureId);
        Assert.Equal(tl0, view.Tl0PicIdx);
        Assert.Equal(tid, view.TemporalLayer);
        Assert.Equal(sync, view.LayerSync);
        Assert.Equal(key, view.KeyIndex);
        Assert.Equal([0xAA], view.Payload.ToArray());
    }

    [Fact]
    public void A_VP8_descriptor_cut_anywhere_is_refused()
    {
        byte[] whole = Convert.FromHexString("90F0817F0083AA");
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.False(Vp8DescriptorView.TryParse(whole.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void STAP_A_gives_its_units_and_stops_at_a_size_that_cannot_be()
    {
        StapAReader good = new(Convert.FromHexString("78" + "00026742" + "000368CE3C"));
        Assert.True(good.TryRead(out ReadOnlySpan<byte> first));
        Assert.Equal("6742", Convert.ToHexString(first));
        Assert.True(good.TryRead(out ReadOnlySpan<byte> second));
        Assert.Equal("68CE3C", Convert.ToHexString(second));
        Assert.False(good.TryRead(out _));

        StapAReader bad = new(Convert.FromHexString("78" + "00FF6742"));
        Assert.False(bad.TryRead(out _));
        StapAReader empty = new(Convert.FromHexString("78" + "00006742"));
        Assert.False(empty.TryRead(out _));
    }
}
