using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Detecting;

public sealed class LatestFrameTests : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly PicturePool _pool = new();
    private readonly LatestFrame _latest;

    public LatestFrameTests() => _latest = new LatestFrame(_time);

    public void Dispose()
    {
        _latest.Dispose();
        Assert.Equal(0, _pool.Outstanding);
        _pool.Dispose();
    }

    [Fact]
    public void Only_the_newest_is_taken_and_the_others_are_given_back_and_counted()
    {
        for (int i = 0; i < 5; i++)
        {
            Offer(i);
        }

        Assert.Equal(4, _latest.Dropped);
        Assert.Equal(1, _pool.Outstanding);
        Assert.True(_latest.TryTake(out Picture? picture, out PictureInfo info));
        Assert.Equal(4, info.FrameId);
        picture.Dispose();
        Assert.False(_latest.TryTake(out _, out _));
        Assert.Equal(1, _latest.Taken);
    }

    [Fact]
    public void It_says_how_long_the_picture_had_waited()
    {
        Offer(0);
        _time.Advance(20);
        Offer(1);
        _time.Advance(7);
        Assert.True(_latest.TryTake(out Picture? picture, out _));
        picture.Dispose();
        Assert.Equal(7, _latest.LastAgeMs, 3);
    }

    [Fact]
    public void Closing_wakes_the_reader_and_gives_later_frames_back()
    {
        using var began = new ManualResetEventSlim();
        var waiter = new Thread(() =>
        {
            began.Set();
            Assert.False(_latest.WaitTake(out _, out _));
        });
        waiter.Start();
        began.Wait();
        _latest.Dispose();
        waiter.Join();
        Offer(0);
        Assert.Equal(0, _pool.Outstanding);
        Assert.True(_latest.IsClosed);
    }

    [Fact]
    public void Many_offers_against_many_takes_lose_no_picture()
    {
        const int offers = 20_000;
        long taken = 0;
        var taker = new Thread(() =>
        {
            while (!_latest.IsClosed)
            {
                if (_latest.WaitTake(out Picture? picture, out _))
                {
                    picture.Dispose();
                    taken++;
                }
            }
        });
        taker.Start();
        for (int i = 0; i < offers; i++)
        {
            Offer(i);
        }

        _latest.Dispose();
        taker.Join();
        Assert.Equal(_latest.Taken, taken);
        Assert.InRange(offers - taken - _latest.Dropped, 0, 1);
    }

    private void Offer(long frameId) => _latest.Offer(_pool.Rent(16, 16), new PictureInfo(frameId, 0, 0, 0, 0));
}
