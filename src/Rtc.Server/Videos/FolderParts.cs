using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>Uploads in the folder of the videos: one file each. What is on the disk says how far an upload is.</summary>
internal sealed class FolderParts(VideoFiles files) : IUploadParts
{
    /// <summary>As the probe gives them.</summary>
    private static readonly string[] s_extensions = [".mp4", ".mov", ".avi", ".mkv", ".webm"];

    public Task<long> OffsetAsync(VideoId upload, CancellationToken cancel) =>
        Task.FromResult(new FileInfo(WholeOf(upload)) is { Exists: true } file ? file.Length : 0);

    public Task<string> OpenAsync(VideoId upload, long offset, CancellationToken cancel) => Task.FromResult(WholeOf(upload));

    public Task KeepAsync(VideoId upload, long from) => Task.CompletedTask;

    public Task DropAsync(VideoId upload)
    {
        File.Delete(PartOf(files, upload));
        return Task.CompletedTask;
    }

    /// <summary>Those are files of the folder like others.</summary>
    public Task SweepAsync(DateTimeOffset before) => Task.CompletedTask;

    public static string PartOf(VideoFiles files, VideoId upload) => files.PathOf(upload + Uploads.Part);

    /// <summary>An upload may have got its name, but no row of a video yet: a kill or a full disk came in between.</summary>
    private string WholeOf(VideoId upload)
    {
        string part = PartOf(files, upload);
        return File.Exists(part) ? part
            : Array.Find(Array.ConvertAll(s_extensions, extension => files.PathOf(upload + extension)), File.Exists) ?? part;
    }
}
