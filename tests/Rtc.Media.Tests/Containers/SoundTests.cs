using System.Runtime.InteropServices;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Containers.Writing;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Containers;

/// <summary>Sound comes as ffmpeg decodes it, and goes out as WAV that ffmpeg reads.</summary>
public sealed class SoundTests(Clips clips) : IClassFixture<Clips>
{
    private static readonly ContainerLimits s_limits = new();

    [Theory]
    [InlineData("surround.mkv", 6, 48000)]
    [InlineData("b-frames.mp4", 1, 44100)]
    public void Planes_are_what_ffmpeg_decodes(string name, int channels, int rate)
    {
        Ffmpeg.Need();

        float[][] planes = ReadAll(clips[name], out AudioReader reader);
        float[] packed = MemoryMarshal.Cast<byte, float>(Ffmpeg.Run($"-i {clips[name]} -map 0:a:0 -f f32le -")).ToArray();
        Assert.Equal((channels, rate), (reader.Channels, reader.SampleRate));
        Assert.Equal(packed.Length / channels, planes[0].Length);
        for (int channel = 0; channel < channels; channel++)
        {
            Assert.Equal([.. Enumerable.Range(0, planes[0].Length).Select(i => packed[(i * channels) + channel])], planes[channel]);
        }
    }

    [Fact]
    public void Sound_that_begins_after_the_pictures_has_silence_before_it()
    {
        Ffmpeg.Need();

        string late = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.mkv");
        try
        {
            Ffmpeg.Run($"-f lavfi -i testsrc=s=64x64:r=10:d=2 -itsoffset 1 -f lavfi -i sine=440:d=1 -c:v libx264 -c:a flac {late}");
            float[] plane = ReadAll(late, out _)[0];
            Assert.InRange(plane.Length, 87_000, 89_000);
            Assert.Equal(0, plane[..43_000].Max(MathF.Abs));
            Assert.InRange(plane[45_000..].Max(MathF.Abs), 0.1f, 1);
        }
        finally
        {
            File.Delete(late);
        }
    }

    [Fact]
    public void Wav_holds_every_sample_even_if_it_was_never_closed()
    {
        Ffmpeg.Need();

        float[][] planes = [[0, 0.5f, -0.5f, 2, float.NaN], [1, -1, 0.25f, -3, 0]];
        using var file = new MemoryStream();
        WavWriter writer = WavWriter.Create(file, 8000, 2);
        Assert.True(writer.TryWrite(planes, 2));
        Assert.True(writer.TryWrite([planes[0][2..], planes[1][2..]], 3));
        short[] back = MemoryMarshal.Cast<byte, short>(Ffmpeg.Run("-f wav -i - -f s16le -", file.ToArray())).ToArray();
        Assert.Equal([0, 32767, 16384, -32767, -16384, 8192, 32767, -32767, 0, 0], back);
    }

    private float[][] ReadAll(string path, out AudioReader reader)
    {
        VideoInfo info = VideoProbe.Read(path, s_limits, CancellationToken.None).Info!;
        using (reader = AudioReader.Open(path, info, 0, 0, 1000, s_limits, CancellationToken.None))
        {
            float[][] block = [.. Enumerable.Range(0, reader.Channels).Select(_ => new float[1000])];
            List<float>[] all = [.. block.Select(_ => new List<float>())];
            for (int count; (count = reader.Read(block)) > 0;)
            {
                for (int channel = 0; channel < all.Length; channel++)
                {
                    all[channel].AddRange(block[channel].AsSpan(0, count));
                }
            }

            Assert.Null(reader.Refusal);
            return [.. all.Select(plane => plane.ToArray())];
        }
    }
}
