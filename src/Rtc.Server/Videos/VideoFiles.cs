using Rtc.Server.Accounts;
using Rtc.Server.Options;
using Rtc.Server.Recordings;
using Rtc.Store.Files;
using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>The files of videos: what they are called, where whole ones are kept, and the folder of this machine to make them in.</summary>
internal sealed class VideoFiles(RtcOptions options, IFileStore store)
{
    /// <summary>Where this machine works; without a bucket, where whole ones are kept too.</summary>
    public string Folder { get; } = StorePaths.Files(options);

    public IFileStore Store => store;

    /// <summary>What was detected in a recording, line by line; most videos have none.</summary>
    public static string SidecarOf(VideoId video) => video + RecordingPart.Sidecar;

    /// <summary>A file of the folder; a name leads nowhere else.</summary>
    public string PathOf(string name) => Path.Combine(Folder, Path.GetFileName(name));

    public async Task<bool> HasSidecarAsync(Video video, CancellationToken cancel) =>
        video.HasSidecar ?? await store.FindAsync(SidecarOf(video.Id), cancel) is not null;

    /// <summary>
    /// Deletes what belongs to a video that is gone; its file is empty where another video has the same. What can't be reached now has
    /// no row any more and is cleared up later.
    /// </summary>
    public async Task DeleteAsync(VideoId video, string file, CancellationToken cancel = default)
    {
        try
        {
            await DeleteFilesAsync(video, file, cancel);
        }
        catch (Exception error) when (error is FilesUnavailableException or IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Whether the disk would be fuller than it may with so many bytes more.</summary>
    public bool IsDiskFull(long bytes = 0)
    {
        try
        {
            return new DriveInfo(Folder).AvailableFreeSpace - bytes < options.Store.MinFreeMegabytes * Uploads.Megabyte;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return true;
        }
    }

    private async Task DeleteFilesAsync(VideoId video, string file, CancellationToken cancel)
    {
        if (file.Length > 0)
        {
            await store.DeleteAsync(file, cancel);
            await store.DeleteAsync(Thumbnails.NameOf(file), cancel);
        }

        await store.DeleteAsync(SidecarOf(video), cancel);
    }
}
