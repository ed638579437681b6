using Rtc.Server.Options;
using Rtc.Server.Videos;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Studio;

/// <summary>Leaves others their share of the disk.</summary>
internal static class StudioDisk
{
    private const long Megabyte = 1_000_000;

    /// <exception cref="UploadException">So many bytes have no room.</exception>
    public static void Require(RtcOptions options, StudioFolder folder, long bytes)
    {
        if (new DriveInfo(folder.Root).AvailableFreeSpace - bytes < options.Store.MinFreeMegabytes * Megabyte)
        {
            throw Full();
        }
    }

    public static UploadException NotWritable() => new(
        StatusCodes.Status503ServiceUnavailable, "storage",
        "The folder of tasks can't be written (Store:Files, or Http:StateDirectory).");

    public static UploadException Full() => new(
        StatusCodes.Status507InsufficientStorage, "disk", "The server's disk has no room for it (Store:MinFreeMegabytes).");
}
