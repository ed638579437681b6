using Rtc.Server.Accounts;
using Rtc.Server.Options;
using Rtc.Server.Recordings;
using Rtc.Store;
using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>
/// Once an hour: uploads that nobody has gone on with for a day, videos past their time, and files that no row names, as a kill between
/// the two leaves them.
/// </summary>
internal sealed partial class VideoSweep(
    RtcOptions options, Uploads files, UploadTable uploads, VideoTable videos, TimeProvider time, ILogger<VideoSweep> log)
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
        foreach (Upload upload in await uploads.OlderThanAsync(now - s_unfinished))
        {
            await files.DropAsync(upload.Id);
        }

        if (options.Store.RetainDays > 0)
        {
            foreach (Video video in await videos.OlderThanAsync(now.AddDays(-options.Store.RetainDays), AtOnce))
            {
                if (await videos.DeleteAsync(video.UserId, video.Id) is { } file)
                {
                    files.DeleteFiles(video.Id, file);
                }
            }
        }

        if (!Directory.Exists(files.Folder))
        {
            return;
        }

        foreach (FileInfo file in new DirectoryInfo(files.Folder).EnumerateFiles())
        {
            if (now - file.LastWriteTimeUtc > s_unfinished && IsOurs(file) && !await HasRowAsync(VideoOf(file.Name)))
            {
                file.Delete();
            }
        }
    }

    /// <summary>A folder that an operator gave may hold other things, and what is being recorded may stand still for long.</summary>
    private static bool IsOurs(FileInfo file) => Guid.TryParse(file.Name.AsSpan()[..Math.Max(0, file.Name.IndexOf('.'))], out _)
        && !File.Exists(Path.ChangeExtension(file.FullName, RecordingManifest.Extension));

    private Task<bool> HasRowAsync(string name) => Path.GetExtension(name) == RecordingPart.Sidecar
        ? videos.ExistsAsync(new VideoId(Guid.Parse(Path.GetFileNameWithoutExtension(name))))
        : videos.HasFileAsync(name);

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
        catch (Exception error) when (error is StoreUnavailableException or IOException or UnauthorizedAccessException)
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
