using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Rtc.Bitstream.H264;
using Rtc.Media.Codecs;

namespace Rtc.Media.Tests.Support;

/// <summary>The ffmpeg program as the judge of what a stream decodes to, and as a maker of streams.</summary>
internal static class Ffmpeg
{
    public static bool IsHere { get; } = Environment.GetEnvironmentVariable("PATH")!.Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, "ffmpeg")));

    /// <summary>Skips the test where the program is missing.</summary>
    public static void Need() => Assert.SkipUnless(IsHere, "the ffmpeg program is not installed");

    public static byte[] Run(string arguments, byte[]? input = null) =>
        Run("ffmpeg", "-v error -nostdin -threads 1 " + arguments, input);

    /// <summary>What ffprobe says of a file, a line an entry.</summary>
    public static Dictionary<string, string> Probe(string arguments) =>
        Encoding.UTF8.GetString(Run("ffprobe", "-v error -of default=noprint_wrappers=1 " + arguments, null))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2)).GroupBy(entry => entry[0]).ToDictionary(group => group.Key, group => group.First()[1]);

    private static byte[] Run(string program, string arguments, byte[]? input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task feeding = Task.Run(() =>
        {
            if (input is not null)
            {
                process.StandardInput.BaseStream.Write(input);
            }

            process.StandardInput.Close();
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        feeding.Wait();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output.ToArray();
    }

    /// <summary>A raw file's pictures, one after another.</summary>
    public static List<Picture> Pictures(byte[] raw, int width, int height, PicturePool pool)
    {
        var pictures = new List<Picture>();
        (int chromaWidth, int chromaHeight) = ((width + 1) / 2, (height + 1) / 2);
        int bytes = (width * height) + (2 * chromaWidth * chromaHeight);
        for (int at = 0; at + bytes <= raw.Length; at += bytes)
        {
            Picture picture = pool.Rent(width, height);
            int from = at;
            for (int y = 0; y < height; y++, from += width)
            {
                raw.AsSpan(from, width).CopyTo(picture.RowY(y));
            }

            for (int y = 0; y < chromaHeight; y++, from += chromaWidth)
            {
                raw.AsSpan(from, chromaWidth).CopyTo(picture.RowU(y));
            }

            for (int y = 0; y < chromaHeight; y++, from += chromaWidth)
            {
                raw.AsSpan(from, chromaWidth).CopyTo(picture.RowV(y));
            }

            pictures.Add(picture);
        }

        return pictures;
    }

    public static List<byte[]> SplitIvf(byte[] file)
    {
        var frames = new List<byte[]>();
        for (int at = 32; at + 12 <= file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at));
            frames.Add(file.AsSpan(at + 12, length).ToArray());
            at += 12 + length;
        }

        return frames;
    }

    public static byte[] Ivf(IReadOnlyList<byte[]> frames, int width, int height)
    {
        using var file = new MemoryStream();
        byte[] header = new byte[32];
        "DKIF"u8.CopyTo(header);
        header[6] = 32;
        "VP80"u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(12), (short)width);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(14), (short)height);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 30);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), 1);
        file.Write(header);
        byte[] frameHeader = new byte[12];
        for (int i = 0; i < frames.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(frameHeader, frames[i].Length);
            BinaryPrimitives.WriteInt64LittleEndian(frameHeader.AsSpan(4), i);
            file.Write(frameHeader);
            file.Write(frames[i]);
        }

        return file.ToArray();
    }

    /// <summary>A stream with access unit delimiters, cut at them.</summary>
    public static List<byte[]> SplitAnnexB(byte[] stream)
    {
        var units = new List<byte[]>();
        var current = new MemoryStream();
        var reader = new AnnexBReader(stream);
        while (reader.Read())
        {
            if (reader.Type == NalType.Delimiter && current.Length > 0)
            {
                units.Add(current.ToArray());
                current.SetLength(0);
            }

            current.Write([0, 0, 0, 1]);
            current.Write(reader.Current);
        }

        units.Add(current.ToArray());
        return units;
    }

    public static string Clip(string name) => Path.Combine(TestData.Folder, "video", name);

    public static void Compare(IVideoDecoder decoder, IReadOnlyList<byte[]> coded, byte[] raw, int width, int height)
    {
        using PicturePool pool = PicturePool.Diagnostic();
        List<Picture> expected = Pictures(raw, width, height, pool);
        Assert.Equal(coded.Count, expected.Count);
        for (int i = 0; i < coded.Count; i++)
        {
            Assert.Equal(DecodeStatus.Picture, decoder.Decode(coded[i], pool, out Picture? picture));
            Assert.True(Quality.Same(expected[i], picture!), $"picture {i} differs");
            picture!.Dispose();
            expected[i].Dispose();
        }
    }
}
