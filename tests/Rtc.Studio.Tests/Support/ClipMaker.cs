using System.Diagnostics;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Containers.Writing;

namespace Rtc.Studio.Tests.Support;

/// <summary>Files of clips, as the ffmpeg program makes them.</summary>
internal static class ClipMaker
{
    public static string? Missing => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "ffmpeg"))) ? null : "the ffmpeg program is not installed";

    /// <summary>The made clip as MP4 with ten pictures a second, without sound.</summary>
    public static string Write(MadeClip clip)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? string.Empty);
        string path = Path.Combine(clip.Folder, "clip.mp4");
        var options = new FinishedVideoOptions
        {
            Width = clip.Frames.Width, Height = clip.Frames.Height, FrameRate = new Ratio(10, 1), Quality = 12,
        };
        using FinishedVideo video = FinishedVideo.Create(path, options, new ContainerLimits(), CancellationToken.None);
        for (int frame = 0; frame < clip.Frames.Count; frame++)
        {
            using Picture picture = clip.Frames.Rent(frame);
            Assert.True(video.TryWrite(picture));
        }

        Assert.True(video.TryFinish());
        return path;
    }

    /// <summary>Whatever the program is told to make.</summary>
    public static string Make(string folder, string name, string arguments)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? string.Empty);
        string path = Path.Combine(folder, name);
        using Process process = Process.Start(new ProcessStartInfo("ffmpeg", $"-v error -nostdin -y -threads 1 {arguments} {path}")
        {
            RedirectStandardError = true,
        })!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
        return path;
    }
}
