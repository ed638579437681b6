using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests;

public sealed class PictureMemoryTests
{
    private const long Megabyte = 1 << 20;
    private const long Large = 4096L * 2304;

    [Fact]
    public void Streams_are_refused_once_their_shares_fill_the_memory()
    {
        var memory = new PictureMemory(600 * Megabyte);

        Assert.True(memory.TryResize(0, Large));
        Assert.False(memory.TryResize(0, Large));
        Assert.True(memory.TryResize(0, 1280 * 720));
        Assert.True(memory.TryResize(Large, 0));
        Assert.True(memory.TryResize(0, Large));
    }

    [Theory]
    [InlineData(640, 480, 17)]
    [InlineData(1280, 720, 45)]
    [InlineData(1920, 1080, 95)]
    [InlineData(4096, 2304, 404)]
    public void Share_is_what_a_room_was_measured_to_take(int width, int height, int megabytes)
    {
        double share = (double)PictureMemory.ShareOf((long)width * height) / Megabyte;
        Assert.InRange(share, megabytes * 0.9, megabytes * 1.1);
        var memory = new PictureMemory(1000 * Megabyte);
        Assert.True(memory.TryResize(0, (long)width * height));
        Assert.Equal(PictureMemory.ShareOf((long)width * height), memory.HeldBytes);
        Assert.True(memory.TryResize((long)width * height, 0));
        Assert.Equal(0, memory.HeldBytes);
    }

    [Fact]
    public void Pictures_of_a_pool_count_until_they_are_freed()
    {
        var memory = new PictureMemory(100 * Megabyte);
        using (var pool = new PicturePool(memory))
        {
            Picture picture = pool.Rent(1280, 720);
            long lent = memory.HeldBytes;
            Assert.Equal(picture.Bytes, lent);
            picture.Dispose();
            Assert.Equal(lent, memory.HeldBytes);
        }

        Assert.Equal(0, memory.HeldBytes);
    }

    [Fact]
    public void Pool_that_holds_more_than_its_streams_share_leaves_less_for_others()
    {
        var memory = new PictureMemory(100 * Megabyte);
        using var pool = new PicturePool(memory);
        Picture[] held = [.. Enumerable.Range(0, 60).Select(_ => pool.Rent(1280, 720))];

        Assert.False(memory.TryResize(0, 1280 * 720));

        foreach (Picture picture in held)
        {
            picture.Dispose();
        }

        Assert.True(memory.TryResize(0, 1280 * 720));
    }

    [Fact]
    public void Short_of_memory_a_stream_may_shrink_and_not_grow()
    {
        var memory = new PictureMemory(100 * Megabyte) { IsShort = true };

        Assert.False(memory.TryResize(0, 640 * 480));
        memory.IsShort = false;
        Assert.True(memory.TryResize(0, 640 * 480));
        memory.IsShort = true;
        Assert.False(memory.TryResize(640 * 480, 1280 * 720));
        Assert.True(memory.TryResize(640 * 480, 320 * 240));
    }

    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void Decoder_takes_its_share_and_gives_it_back(VideoCodec format)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            format, new EncoderSettings { Width = 320, Height = 240, BitrateKbps = 400, MayDrop = false });
        using Picture source = Pictures.Scene(pool, 320, 240, 0);
        using EncodedFrame coded = encoder.Encode(source, 0, forceKey: true)!;
        var memory = new PictureMemory(12 * Megabyte);
        using (IVideoDecoder first = VideoCodecs.CreateDecoder(format, CodecHardware.Off, memory: memory))
        using (IVideoDecoder second = VideoCodecs.CreateDecoder(format, CodecHardware.Off, memory: memory))
        {
            Assert.Equal(DecodeStatus.Picture, first.Decode(coded.Data, pool, out Picture? picture));
            picture!.Dispose();
            Assert.Equal(DecodeStatus.NoMemory, second.Decode(coded.Data, pool, out _));
            Assert.Equal(DecodeStatus.Picture, first.Decode(coded.Data, pool, out picture));
            picture!.Dispose();
        }

        Assert.Equal(0, memory.HeldBytes);
    }
}
