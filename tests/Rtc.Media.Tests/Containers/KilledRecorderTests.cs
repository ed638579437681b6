using System.Diagnostics;
using System.Globalization;
using Rtc.Media.Containers.Writing;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Containers;

/// <summary>What a recorder that was killed leaves: at most a second is lost, wherever it was killed.</summary>
public sealed class KilledRecorderTests(Clips clips) : IClassFixture<Clips>
{
    [Theory]
    [InlineData(VideoCodec.Vp8, ".webm")]
    [InlineData(VideoCodec.H264, ".mp4")]
    public async Task Killed_program_leaves_all_but_a_second(VideoCodec codec, string extension)
    {
        Ffmpeg.Need();

        int seed = Random.Shared.Next();
        int kill = 40 + new Random(seed).Next(120);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: killed at picture {kill}");
        string path = clips.Path($"killed-program-{codec}");
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(KilledRecorderTests).Assembly.Location, null))
        {
            ArgumentList = { "record", path, codec.ToString() },
            RedirectStandardOutput = true,
        };
        int given = 0;
        using (Process program = Process.Start(start)!)
        {
            while (given < kill)
            {
                given = int.Parse((await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!,
                    CultureInfo.InvariantCulture);
            }

            program.Kill();
            while (await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                given = int.TryParse(line, CultureInfo.InvariantCulture, out int more) ? Math.Max(given, more) : given;
            }

            await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(RecordingRepair.TryCut(path + extension));
        (int pictures, double seconds) = Read(path + extension);

        // A part is written with the first picture a second after its own first.
        int least = given - KilledRecorder.Rate - 2;
        Assert.InRange(pictures, least, given + 1);
        Assert.InRange(seconds, least / (double)KilledRecorder.Rate, double.MaxValue);
    }

    /// <summary>The kernel may stop a write that a kill interrupts anywhere.</summary>
    [Theory]
    [InlineData(VideoCodec.Vp8, ".webm")]
    [InlineData(VideoCodec.H264, ".mp4")]
    public void File_cut_off_anywhere_is_cut_back_to_what_plays(VideoCodec codec, string extension)
    {
        Ffmpeg.Need();

        string whole = clips.Path($"cut-{codec}");
        using (VideoRecorder recorder = VideoRecorder.Create(whole, long.MaxValue, TimeSpan.MaxValue))
        {
            foreach (EncodedFrame frame in RecorderTests.Coded(codec, VideoRotation.None, 100))
            {
                recorder.Add(frame, frame.Arrival, out _);
                frame.Dispose();
            }

            recorder.Complete();
        }

        byte[] bytes = File.ReadAllBytes(whole + extension);
        Assert.True(RecordingRepair.TryCut(whole + extension));
        Assert.Equal(bytes, File.ReadAllBytes(whole + extension));
        int last = 0;
        int read = 0;
        for (int length = 0; length < bytes.Length; length += 1 + (bytes.Length / 400))
        {
            string cut = clips.Write($"cut-{codec}-{length}{extension}", bytes.AsSpan(0, length));
            if (!RecordingRepair.TryCut(cut))
            {
                Assert.Equal(0, last);
                continue;
            }

            // Each length that comes out is read once.
            int left = (int)new FileInfo(cut).Length;
            Assert.InRange(left, last, length);
            if (left > last)
            {
                Assert.InRange(Read(cut).Pictures, 1, 100);
                read++;
            }

            last = left;
        }

        Assert.InRange(read, 3, 6);
        Assert.False(RecordingRepair.TryCut(clips.Write("noise" + extension, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])));
    }

    /// <summary>Decoded to the last picture without an error, and the length that the container says.</summary>
    private static (int Pictures, double Seconds) Read(string path)
    {
        int pictures = Ffmpeg.Run($"-i {path} -vsync passthrough -f rawvideo -pix_fmt yuv420p -").Length / (160 * 120 * 3 / 2);
        return (pictures, double.Parse(Ffmpeg.Probe($"-show_entries format=duration {path}")["duration"], CultureInfo.InvariantCulture));
    }
}
