using Rtc.Media.Containers.Writing;
using Rtc.Server.Accounts;
using Rtc.Server.Recordings;
using Rtc.Store;
using Rtc.Store.Files;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>
/// Makes what was recorded videos of their users. Once a minute, and with the start, it looks for what a killed program left: a manifest
/// that nobody holds, whose video is cut back to what is whole.
/// </summary>
internal sealed partial class RecordedVideos(
    VideoFiles files, VideoTable videos, IVideoProbe probe, Thumbnails thumbnails, TimeProvider time, ILogger<RecordedVideos> log)
    : IRecordingStore, IStoreWorker, IDisposable
{
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_tryFor = TimeSpan.FromDays(1);
    private static readonly string[] s_extensions = [".webm", ".mp4"];

    private readonly SemaphoreSlim _adopting = new(1);
    private ITimer? _timer;

    public void Begin() => _timer ??= time.CreateTimer(_ => _ = Task.Run(TryAdoptAsync), null, TimeSpan.Zero, s_every);

    public Task EndAsync(CancellationToken cancel)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    public async Task<bool> AddAsync(RecordingPart part)
    {
        try
        {
            bool isVideo = part.Video.Pictures > 0 && await ImportAsync(part.Manifest, FactsOf(part.Video));
            part.Forget();
            return isVideo;
        }
        catch (Exception error)
        {
            // It is found again: with the next minute, or with the next start.
            LogLater(log, part.Manifest.Id, error.Message);
            part.Dispose();
            return false;
        }
    }

    /// <summary>Takes over every recording whose program is gone.</summary>
    internal async Task AdoptAsync()
    {
        if (!Directory.Exists(files.Folder))
        {
            return;
        }

        foreach (string path in Directory.EnumerateFiles(files.Folder, "*" + RecordingManifest.Extension))
        {
            if (RecordingManifest.TryLock(path) is { } found)
            {
                using FileStream locked = found.Locked;
                await AdoptAsync(path, found.Manifest);
            }
        }
    }

    private async Task AdoptAsync(string path, RecordingManifest? manifest)
    {
        try
        {
            if (manifest is null || !await ImportAsync(manifest, null))
            {
                LogNothing(log, path);
            }

            File.Delete(path);
        }
        catch (Exception error)
        {
            // The others have their turn all the same.
            LogLater(log, manifest?.Id ?? Guid.Empty, error.Message);
        }
    }

    /// <summary>False where nothing in it can be played: its files are gone then.</summary>
    /// <param name="manifest">Says whose it is.</param>
    /// <param name="written">What its writer knows of it, where that is still there: good where it can't be read back.</param>
    private async Task<bool> ImportAsync(RecordingManifest manifest, VideoFacts? written)
    {
        var id = new VideoId(manifest.Id);
        string? path = s_extensions.Select(extension => files.PathOf(id + extension)).FirstOrDefault(File.Exists);
        using FileCopy? sent = path is null ? await SentAsync(id) : null;
        path ??= sent?.Path;
        if (path is null || (sent is null && !RecordingRepair.TryCut(path)))
        {
            Discard(id, path);
            return false;
        }

        VideoFacts facts = written ?? new VideoFacts(0, 0, 0, 0, string.Empty, 0, HasAudio: false);
        try
        {
            (ProbedVideo? probed, string? refusal) = await probe.ReadAsync(path, CancellationToken.None);
            facts = probed?.Facts ?? written ?? throw new UploadException(StatusCodes.Status400BadRequest, "video", refusal!);
        }
        catch (UploadException error) when (written is not null || time.GetUtcNow() - File.GetLastWriteTimeUtc(path) > s_tryFor)
        {
            // Rather a video that says little of itself than none.
            LogUnread(log, manifest.Id, error.Message);
        }

        DateTimeOffset now = Uploads.Whole(time.GetUtcNow());
        string sidecar = files.PathOf(VideoFiles.SidecarOf(id));
        bool isSidecarHere = File.Exists(sidecar);
        var video = new Video(
            id, new UserId(manifest.UserId), manifest.NameOf(path), Path.GetFileName(path), new FileInfo(path).Length,
            await FileHash.OfAsync(path), facts, Video.Ready, null, Uploads.Whole(manifest.StartedAt), now,
            isSidecarHere || await files.Store.FindAsync(VideoFiles.SidecarOf(id)) is not null);
        if (isSidecarHere)
        {
            await files.Store.AddAsync(sidecar, VideoFiles.SidecarOf(id));
        }

        if (sent is null)
        {
            await files.Store.AddAsync(path, video.File);
        }

        await videos.AddAsync(video);
        thumbnails.MakeSoon(video);
        return true;
    }

    /// <summary>A copy of what is in the bucket already: a kill, or a database that was away, came between that and its row.</summary>
    private async Task<FileCopy?> SentAsync(VideoId id)
    {
        if (files.Store.IsElsewhere)
        {
            foreach (string extension in s_extensions)
            {
                if (await files.Store.OpenAsync(id + extension) is { } copy)
                {
                    return copy;
                }
            }
        }

        return null;
    }

    private static VideoFacts FactsOf(VideoRecorder video)
    {
        double seconds = video.Duration.TotalSeconds;
        return new VideoFacts(
            Math.Round(seconds, 6), video.Size.Width, video.Size.Height, Math.Round(video.Pictures / seconds, 3),
            video.Codec == VideoCodec.Vp8 ? "vp8" : "h264", video.Pictures, HasAudio: false);
    }

    private void Discard(VideoId id, string? path)
    {
        File.Delete(files.PathOf(VideoFiles.SidecarOf(id)));
        if (path is not null)
        {
            File.Delete(path);
        }
    }

    private async Task TryAdoptAsync()
    {
        if (!await _adopting.WaitAsync(TimeSpan.Zero))
        {
            return;
        }

        try
        {
            await AdoptAsync();
        }
        catch (Exception error)
        {
            LogLater(log, Guid.Empty, error.Message);
        }
        finally
        {
            _adopting.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The recording {Id} is no video yet, which is tried again: {Reason}")]
    private static partial void LogLater(ILogger log, Guid id, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The recording {Id} can't be read back: {Reason}")]
    private static partial void LogUnread(ILogger log, Guid id, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Of the recording {Path} nothing was left to play")]
    private static partial void LogNothing(ILogger log, string path);
}
