using Rtc.Pipeline.Decoding;
using Xunit;

namespace Rtc.Pipeline.Tests.Decoding;

public class PictureLogTests
{
    private readonly PictureLog _log = new();

    [Fact]
    public void Picture_is_found_by_its_stamp_or_the_nearest_within_20_ms()
    {
        Add(10, first: uint.MaxValue - 8000);
        Assert.True(_log.TryFind(unchecked(uint.MaxValue - 8000 + 9000), out SizedPicture exact));
        Assert.Equal(3, exact.Info.FrameId);
        Assert.True(_log.TryFind(unchecked(uint.MaxValue - 8000 + 9000 + 1400), out SizedPicture near));
        Assert.Equal(3, near.Info.FrameId);
        Assert.True(_log.TryFind(unchecked(uint.MaxValue - 8000 + 9000 - 1600), out near));
        Assert.Equal(2, near.Info.FrameId);
        Assert.False(_log.TryFind(unchecked(uint.MaxValue - 8000 + 27_000 + 1801), out _));
        Assert.False(_log.TryFind(unchecked(uint.MaxValue - 8000 - 1801), out _));
        Assert.False(_log.TryFind(0x8000_0000, out _));
    }

    [Fact]
    public void Pictures_of_more_than_two_seconds_ago_are_forgotten()
    {
        Add(100, first: 0);
        Assert.False(_log.TryFind(0, out _));
        Assert.False(_log.TryFind(99 * 3000 - 183_000, out _));
        Assert.True(_log.TryFind(99 * 3000 - 180_000, out _));
    }

    [Fact]
    public void Picture_may_still_come_within_half_a_second()
    {
        Assert.False(_log.IsAhead(3000));
        Add(2, first: uint.MaxValue - 100);
        Assert.True(_log.IsAhead(unchecked(uint.MaxValue - 100 + 3000 + 3000)));
        Assert.True(_log.IsAhead(unchecked(uint.MaxValue - 100 + 3000 + 45_000)));
        Assert.False(_log.IsAhead(unchecked(uint.MaxValue - 100 + 3000 + 45_001)));
        Assert.False(_log.IsAhead(unchecked(uint.MaxValue - 100)));
    }

    [Fact]
    public void Nothing_is_found_before_the_first() => Assert.False(_log.TryFind(0, out _));

    private void Add(int count, uint first)
    {
        for (int i = 0; i < count; i++)
        {
            _log.Add(new SizedPicture(new PictureInfo(i, unchecked(first + (uint)(3000 * i)), 3000L * i, 0, 0), 640, 480));
        }
    }
}
