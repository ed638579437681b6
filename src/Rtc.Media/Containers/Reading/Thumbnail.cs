using System.Globalization;
using Rtc.Media.Images;

namespace Rtc.Media.Containers.Reading;

/// <summary>
/// One small picture of a file, a tenth of the way in: ffmpeg seeks there, so a long file costs no more than a short one.
/// </summary>
public static class Thumbnail
{
    private const double Share = 0.1;
    private const int Quality = 80;

    /// <summary>What a file may cost that somebody only wants to see in a list.</summary>
    public static ContainerLimits Limits { get; } = new()
    {
        MaxProbeTime = TimeSpan.FromSeconds(20),
        MaxStall = TimeSpan.FromSeconds(20),
        MaxProcessorTime = TimeSpan.FromSeconds(30),
    };

    /// <summary>A JPEG that is upright and at most so wide and high, or why there is none.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the child is gone.</exception>
    public static (byte[]? Jpeg, ContainerRefusal? Refusal) Read(
        string path, int maxSide, ContainerLimits limits, CancellationToken cancel)
    {
        VideoProbeResult probed = VideoProbe.Read(path, limits, cancel);
        if (probed.Info is not { } info)
        {
            return (null, probed.Refusal);
        }

        double scale = Math.Min(1.0, (double)maxSide / Math.Max(info.Width, info.Height));
        int width = Math.Max(2, (int)Math.Round(info.Width * scale));
        int height = Math.Max(2, (int)Math.Round(info.Height * scale));
        using var pool = new PicturePool();
        using Picture picture = pool.Rent(width, height);
        double at = info.DurationSeconds * Share;
        try
        {
            // What lies at that place may be cut off, or the file may be wrong about its length: then the first picture serves.
            ContainerRefusal? refusal = null;
            return (at > 0 && TryFill(path, info, picture, at, limits, cancel, out refusal))
                || TryFill(path, info, picture, 0, limits, cancel, out refusal)
                ? (Jpeg.Encode(picture.View(), Quality), null)
                : (null, refusal ?? new ContainerRefusal(ContainerError.NoVideo, "There is no picture in this file."));
        }
        catch (ContainerException error)
        {
            return (null, error.Refusal);
        }
    }

    private static bool TryFill(
        string path, VideoInfo info, Picture picture, double seconds, ContainerLimits limits, CancellationToken cancel,
        out ContainerRefusal? refusal)
    {
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-nostats", "-filter_threads", "1",
            .. seconds > 0 ? (string[])["-ss", seconds.ToString("0.000", CultureInfo.InvariantCulture)] : [],
            .. InputArguments.For(path, info.Format, limits),
            "-map", string.Create(CultureInfo.InvariantCulture, $"0:{info.StreamIndex}"), "-frames:v", "1",
            "-vf", string.Create(CultureInfo.InvariantCulture, $"scale={picture.Width}:{picture.Height}:flags=area,format=yuv420p"),
            "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1",
        ];
        using BoundedChild child = BoundedChild.Start("ffmpeg", arguments, limits, null, cancel);
        using var pipe = new PicturePipe(child.Output);
        child.LimitWait(limits.MaxStall);
        bool isFilled = pipe.TryMove(picture.View());
        refusal = isFilled ? null : child.Finish();
        return isFilled;
    }
}
