using System.Globalization;

namespace Rtc.Media.Containers.Reading;

/// <summary>How a file is handed to ffmpeg and ffprobe: as one container of a known kind, with nothing to reach beyond it.</summary>
internal static class InputArguments
{
    public static IEnumerable<string> For(string path, ContainerFormat format, ContainerLimits limits) =>
    [
        "-protocol_whitelist", "file,pipe",
        "-format_whitelist", DemuxerOf(format),
        "-max_pixels", limits.MaxPixels.ToString(CultureInfo.InvariantCulture),
        "-threads", limits.Threads.ToString(CultureInfo.InvariantCulture),
        "-f", DemuxerOf(format),
        "-i", "file:" + Path.GetFullPath(path),
    ];

    private static string DemuxerOf(ContainerFormat format) => format switch
    {
        ContainerFormat.Mp4 or ContainerFormat.QuickTime => "mov",
        ContainerFormat.Avi => "avi",
        ContainerFormat.Matroska or ContainerFormat.WebM => "matroska",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "no container"),
    };
}
