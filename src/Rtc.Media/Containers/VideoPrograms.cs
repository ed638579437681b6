namespace Rtc.Media.Containers;

/// <summary>The programs that read and write video files: not part of this one, and not needed for anything live.</summary>
public static class VideoPrograms
{
    /// <summary>Null where both are here, else what to do about it.</summary>
    public static string? Missing =>
        BoundedChild.IsInstalled("ffmpeg") && BoundedChild.IsInstalled("ffprobe")
            ? null
            : "ffmpeg or ffprobe is not installed: apt install ffmpeg";
}
