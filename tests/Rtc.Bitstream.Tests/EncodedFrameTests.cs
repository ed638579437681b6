namespace Rtc.Bitstream.Tests;

public sealed class EncodedFrameTests
{
    private readonly EncodedFramePool _pool = new();

    [Fact]
    public void The_last_holder_returns_a_frame()
    {
        EncodedFrame frame = _pool.Rent();
        frame.AddReference();
        frame.Dispose();
        Assert.Equal(1, _pool.Outstanding);
        frame.Dispose();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void Disposing_once_too_often_throws()
    {
        EncodedFrame frame = _pool.Rent();
        frame.Dispose();
        Assert.Throws<ObjectDisposedException>(frame.Dispose);
    }

    [Fact]
    public void A_frame_lent_again_keeps_nothing_of_before()
    {
        EncodedFrame first = _pool.Rent(VideoCodec.H264, 3000);
        first.IsKey = first.LayerSync = true;
        first.Rotation = VideoRotation.Clockwise90;
        first.TemporalLayer = 2;
        first.Arrival = new Instant(7);
        first.CaptureNtp = 8;
        first.Stats = new EncodeStats(1, 2, 3, 4);
        first.Append([1, 2, 3]);
        first.Dispose();
        EncodedFrame again = _pool.Rent();
        Assert.Same(first, again);
        Assert.Equal(
            (VideoCodec.None, 0u, false, false, VideoRotation.None),
            (again.Codec, again.RtpTimestamp, again.IsKey, again.LayerSync, again.Rotation));
        Assert.Equal(
            (0, default(Instant), 0ul, default(EncodeStats), 0),
            (again.TemporalLayer, again.Arrival, again.CaptureNtp, again.Stats, again.Length));
    }

    [Fact]
    public void Parts_join_however_large_they_are()
    {
        using EncodedFrame frame = _pool.Rent();
        byte[] part = new byte[50_000];
        new Random(1).NextBytes(part);
        frame.Append(part);
        frame.Append([9]);
        frame.Append(part);
        Assert.Equal([.. part, 9, .. part], frame.Data.ToArray());
        Assert.True(frame.Memory.Span.SequenceEqual(frame.Data));
    }

    [Fact]
    public void A_frame_that_grew_huge_is_not_kept()
    {
        EncodedFrame huge = _pool.Rent();
        huge.Append(new byte[600_000]);
        huge.Dispose();
        using EncodedFrame next = _pool.Rent();
        Assert.NotSame(huge, next);
    }
}
