using Rtc.Media.Codecs;
using Rtc.Media.Codecs.H264;
using Rtc.Media.Codecs.Vpx;
using Rtc.Media.Factory;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Codecs;

public sealed class DamagedStreamTests
{
    [Theory]
    [InlineData(VideoCodec.Vp8, 4000)]
    [InlineData(VideoCodec.H264, 4000)]
    public void Damage_gives_an_error_or_a_picture_and_never_a_crash_or_a_leak(VideoCodec format, int rounds)
    {
        const int Seed = 20251;
        var random = new Random(Seed);
        using var pool = new PicturePool();
        List<byte[]> good = Stream(format, pool);
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(format);
        int[] seen = new int[4];
        for (int round = 0; round < rounds; round++)
        {
            byte[] data = good[random.Next(good.Count)];
            byte[] damaged = random.Next(8) == 0 ? good[0] : Damage(data, random);
            DecodeStatus status = decoder.Decode(damaged, pool, out Picture? picture);
            Assert.Equal(status == DecodeStatus.Picture, picture is not null);
            picture?.Dispose();
            seen[(int)status]++;
        }

        Console.WriteLine($"{format}, seed {Seed}: {seen[0]} pictures, {seen[1]} pending, {seen[2]} errors, {seen[3]} too large");
        Assert.True(seen[(int)DecodeStatus.Picture] > 100 && seen[(int)DecodeStatus.NeedKeyFrame] > 100);
        Assert.Equal(0, pool.Outstanding);

        // And it is well again at the next key frame.
        foreach (byte[] data in good)
        {
            Assert.Equal(DecodeStatus.Picture, decoder.Decode(data, pool, out Picture? picture));
            picture!.Dispose();
        }
    }

    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void Every_truncation_of_a_key_frame_is_survived(VideoCodec format)
    {
        using var pool = new PicturePool();
        byte[] key = Stream(format, pool)[0];
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(format);
        for (int length = 0; length < key.Length; length += length < 200 ? 1 : 37)
        {
            DecodeStatus status = decoder.Decode(key.AsSpan(0, length), pool, out Picture? picture);
            Assert.Equal(status == DecodeStatus.Picture, picture is not null);
            picture?.Dispose();
        }

        Assert.Equal(0, pool.Outstanding);
    }

    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void A_decoder_that_starts_in_the_middle_asks_for_a_key_frame(VideoCodec format)
    {
        using var pool = new PicturePool();
        List<byte[]> good = Stream(format, pool);
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(format);
        Assert.Equal(DecodeStatus.NeedKeyFrame, decoder.Decode(good[3], pool, out _));
        Assert.Equal(DecodeStatus.NeedKeyFrame, decoder.Decode([], pool, out _));
        Assert.Equal(DecodeStatus.Picture, decoder.Decode(good[0], pool, out Picture? picture));
        picture!.Dispose();
    }

    [Fact]
    public void Pictures_over_the_limit_are_refused_before_memory_is_spent()
    {
        using var pool = new PicturePool();
        using var vp8 = new Vp8Decoder(maxPixels: 64 * 64);
        using var h264 = new H264Decoder(maxPixels: 64 * 64);
        Assert.Equal(DecodeStatus.TooLarge, vp8.Decode(Stream(VideoCodec.Vp8, pool)[0], pool, out _));
        Assert.Equal(DecodeStatus.TooLarge, h264.Decode(Stream(VideoCodec.H264, pool)[0], pool, out _));
    }

    private static List<byte[]> Stream(VideoCodec format, PicturePool pool)
    {
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            format, new EncoderSettings { Width = 96, Height = 80, BitrateKbps = 400, MayDrop = false });
        var frames = new List<byte[]>();
        for (int time = 0; time < 10; time++)
        {
            using Picture source = Pictures.Scene(pool, 96, 80, time);
            using EncodedFrame coded = encoder.Encode(source, (uint)(time * 3000), time == 5)!;
            frames.Add(coded.Data.ToArray());
        }

        return frames;
    }

    private static byte[] Damage(byte[] data, Random random)
    {
        byte[] copy = [.. data];
        switch (random.Next(5))
        {
            case 0:
                return copy[..random.Next(copy.Length)];
            case 1:
                for (int i = random.Next(1, 5); i > 0; i--)
                {
                    copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                }

                return copy;
            case 2:
                random.NextBytes(copy.AsSpan(random.Next(copy.Length)));
                return copy;
            case 3:
                int from = random.Next(copy.Length);
                return [.. copy[..from], .. copy[Math.Min(copy.Length, from + random.Next(60))..]];
            default:
                // The headers get most of it: that is where sizes and counts are.
                for (int i = random.Next(1, 4); i > 0; i--)
                {
                    copy[random.Next(Math.Min(24, copy.Length))] = (byte)random.Next(256);
                }

                return copy;
        }
    }
}
