using Rtc.Server.Accounts;
using Rtc.Server.Options;
using Rtc.Server.Recordings;
using Rtc.Store;
using Rtc.Store.Files;
using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>
/// Once an hour: uploads that nobody has gone on with for a day, videos past their time, and files that no row names, as a kill between
/// the two leaves them.
/// </summary>
internal sealed partial class VideoSweep(
    RtcOptions options, Uploads intake, IUploadParts parts, VideoFiles files, UploadTable uploads, VideoTable videos, TimeProvider time,
    ILogger<VideoSweep> log)
    : IStoreWorker, IDisposable
{
    private const int AtOnce = 100;
    private static readonly TimeSpan s_every = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_first = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_unfinished = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _running = new(1);
    private ITimer? _timer;

    public void Begin() => _timer ??= time.CreateTimer(_ => _ = Task.Run(TryAsync), null, s_first, s_every);

    public Task EndAsync(CancellationToken cancel)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    internal async Task RunAsync()
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset unfinished = now - s_unfinished;
        foreach (Upload upload in await uploads.OlderThanAsync(unfinished))
        {
            await intake.DropAsync(upload.Id);
        }

        if (options.Store.RetainDays > 0)
        {
            foreach (Video video in await videos.OlderThanAsync(now.AddDays(-options.Store.RetainDays), AtOnce))
            {
                if (await videos.DeleteAsync(video.UserId, video.Id) is { } file)
                {
                    await files.DeleteAsync(video.Id, file);
                }
            }
        }

        if (files.Store.IsElsewhere)
        {
            // It was kept here before there was a bucket.
            var folder = new FolderFiles(files.Folder);
            foreach (string name in await NamesAsync(folder, DateTimeOffset.MaxValue, hasRow: true))
            {
                await files.Store.AddAsync(files.PathOf(name), name);
            }

            await DeleteAsync(folder, await NamesAsync(folder, unfinished, hasRow: false));
        }

        await DeleteAsync(files.Store, await NamesAsync(files.Store, unfinished, hasRow: false));
        await parts.SweepAsync(unfinished);
        await files.Store.TidyAsync(unfinished);
    }

    private static async Task DeleteAsync(IFileStore from, List<string> names)
    {
        foreach (string name in names)
        {
            await from.DeleteAsync(name);
        }
    }

    /// <summary>Files of ours, written before a time, that have a row or have none.</summary>
    private async Task<List<string>> NamesAsync(IFileStore of, DateTimeOffset before, bool hasRow)
    {
        List<string> names = [];
        await foreach (StoredFile file in of.ListAsync())
        {
            if (file.WrittenAt < before && IsOurs(file.Name))
            {
                names.Add(file.Name);
            }
        }

        HashSet<string> known = await videos.FilesAmongAsync([.. names.Where(name => !IsSidecar(name)).Select(VideoOf).Distinct()]);
        HashSet<Guid> ids = await videos.IdsAmongAsync([.. names.Where(IsSidecar).Select(IdOf)]);
        return names.FindAll(name => hasRow == (IsSidecar(name) ? ids.Contains(IdOf(name)) : known.Contains(VideoOf(name))));
    }

    /// <summary>A folder that an operator gave may hold other things, and what is being recorded may stand still for long.</summary>
    private bool IsOurs(string name) => Guid.TryParse(name.AsSpan(0, Math.Max(0, name.IndexOf('.'))), out _)
        && !File.Exists(Path.ChangeExtension(files.PathOf(name), RecordingManifest.Extension));

    private static bool IsSidecar(string name) => Path.GetExtension(name) == RecordingPart.Sidecar;

    private static Guid IdOf(string sidecar) => Guid.Parse(Path.GetFileNameWithoutExtension(sidecar));

    /// <summary>A thumbnail is there as long as its video.</summary>
    private static string VideoOf(string name) =>
        name.EndsWith(Thumbnails.Ending, StringComparison.Ordinal) ? name[..^Thumbnails.Ending.Length] : name;

    private async Task TryAsync()
    {
        if (!await _running.WaitAsync(TimeSpan.Zero))
        {
            return;
        }

        try
        {
            await RunAsync();
        }
        catch (Exception error)
            when (error is StoreUnavailableException or FilesUnavailableException or IOException or UnauthorizedAccessException)
        {
            LogFailed(log, error.Message);
        }
        finally
        {
            _running.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old videos could not be cleared up: {Reason}")]
    private static partial void LogFailed(ILogger log, string reason);
}
