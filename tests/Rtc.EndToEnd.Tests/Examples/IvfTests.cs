using System.Buffers.Binary;
using Rtc.Examples;
using Xunit;

namespace Rtc.EndToEnd.Tests.Examples;

/// <summary>The examples' reading and writing of IVF, and what they make of files that lie.</summary>
public sealed class IvfTests
{
    private const int Seed = 7;
    private const int LengthAt = 32;
    private const int TimeAt = 36;

    private static readonly byte[] s_key = [0x10, 0, 0, 0x9D, 0x01, 0x2A, 64, 0, 48, 0, 1, 2, 3];
    private static readonly byte[] s_delta = [0x11, 0, 0, 4, 5, 6];

    [Fact]
    public void Written_pictures_are_read_again()
    {
        byte[] file = Written();
        Assert.Equal(3u, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(24)));
        Assert.True(IvfReader.TryOpen(new MemoryStream(file), out IvfReader? reader, out _));
        Assert.Equal(VideoCodec.Vp8, reader.Codec);
        (bool IsKey, uint Timestamp, double Ms)[] expected = [(true, 0, 0), (false, 3000, 33.3333), (false, 6000, 66.6666)];
        foreach ((bool isKey, uint timestamp, double ms) in expected)
        {
            Assert.True(reader.TryRead(out EncodedFrame? picture));
            using (picture)
            {
                Assert.Equal(isKey ? s_key : s_delta, picture.Data.ToArray());
                Assert.Equal((isKey, timestamp), (picture.IsKey, picture.RtpTimestamp));
                Assert.Equal(ms, reader.Time.TotalMilliseconds, 0.001);
            }
        }

        Assert.False(reader.TryRead(out _));
        Assert.Null(reader.Error);
    }

    [Fact]
    public void Recording_begins_with_a_key_frame_and_keeps_its_codec()
    {
        using var writer = new IvfWriter(new MemoryStream());
        Assert.False(Write(writer, s_delta, 0));
        Assert.True(Write(writer, s_key, 0));
        Assert.False(Write(writer, s_key, 3000, VideoCodec.H264));
        Assert.True(Write(writer, s_delta, 3000));
    }

    [Theory]
    [InlineData(0xFFFFFFFF)]
    [InlineData(0x80000000)]
    [InlineData(IvfReader.MaxPictureBytes + 1)]
    [InlineData(0)]
    public void Impossible_length_ends_the_file_with_an_error(uint length)
    {
        byte[] file = Written();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(LengthAt), length);
        Assert.Equal("a picture of impossible length", ReadAll(file).Error);
    }

    [Fact]
    public void False_length_costs_no_more_memory_than_the_file_has_bytes()
    {
        byte[] file = Written();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(LengthAt), IvfReader.MaxPictureBytes);
        _ = ReadAll(Written());
        long before = GC.GetAllocatedBytesForCurrentThread();
        (int pictures, string? error) = ReadAll(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal((0, "cut off in a picture"), (pictures, error));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(long.MaxValue)]
    public void Impossible_time_ends_the_file_with_an_error(ulong time)
    {
        byte[] file = Written();
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(TimeAt), time);
        Assert.Equal("a picture at an impossible time", ReadAll(file).Error);
    }

    [Fact]
    public void File_cut_at_any_byte_is_refused_or_ends_early()
    {
        byte[] file = Written();
        for (int length = 0; length < file.Length; length++)
        {
            (int pictures, string? error) = ReadAll(file[..length]);
            Assert.True(pictures < 3);
            Assert.Equal(length is 32 or 57 or 75, error is null); // between two pictures nothing is missing
        }
    }

    [Fact]
    public void Damaged_files_never_throw()
    {
        var random = new Random(Seed);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] file = Written();
            for (int i = 0; i < 4; i++)
            {
                file[random.Next(round % 2 == 0 ? 0 : LengthAt, file.Length)] = (byte)random.Next(256);
            }

            _ = ReadAll(file);
        }
    }

    private static byte[] Written()
    {
        var file = new MemoryStream();
        using (var writer = new IvfWriter(file))
        {
            Assert.True(Write(writer, s_key, 1000));
            Assert.True(Write(writer, s_delta, 4000));
            Assert.True(Write(writer, s_delta, 7000));
        }

        return file.ToArray();
    }

    private static bool Write(IvfWriter writer, byte[] data, uint timestamp, VideoCodec codec = VideoCodec.Vp8)
    {
        using EncodedFrame picture = EncodedFramePool.Shared.Rent(codec, timestamp);
        picture.Append(data);
        picture.IsKey = data == s_key;
        return writer.TryWrite(picture);
    }

    private static (int Pictures, string? Error) ReadAll(byte[] file)
    {
        if (!IvfReader.TryOpen(new MemoryStream(file), out IvfReader? reader, out string? error))
        {
            return (0, error);
        }

        int pictures = 0;
        while (reader.TryRead(out EncodedFrame? picture))
        {
            picture.Dispose();
            pictures++;
        }

        return (pictures, reader.Error);
    }
}
