using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Analysis.Exports;
using Rtc.Analysis.Language;
using Rtc.Analysis.Reading;
using Rtc.Analysis.Reframing;
using Rtc.Inference;
using Rtc.Jobs;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Store;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Tests.Engines;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Tests.Running;

/// <summary>A store with a folder of videos and the kind of job that analyses them; all of it gone with the test.</summary>
internal sealed class AnalysisStore : IAsyncDisposable
{
    private readonly Meter _meter = new("test");

    private AnalysisStore(StoreOptions options, string folder, IModelHost models, TimeProvider time, LanguageDescriber? language = null)
    {
        (Options, Folder) = (options, folder);
        Database = new Database(options, time);
        Videos = new VideoTable(Database);
        Jobs = new JobTable(Database);
        Results = new ResultTable(Database);
        var tracks = new TrackTable(Database);
        var scenes = new SceneTable(Database);
        Reader = new AnalysisReader(Results, tracks, scenes);
        Kind = new AnalyseKind(Videos, Results, tracks, scenes, models, new AnalysisSettings(folder, new ContainerLimits()), language);
        Reframe = new ReframeKind(Videos, Jobs, Reader, Places, new AnalysisSettings(folder, new ContainerLimits()));
    }

    public StoreOptions Options { get; }

    public string Folder { get; }

    public Database Database { get; }

    public VideoTable Videos { get; }

    public JobTable Jobs { get; }

    public ResultTable Results { get; }

    public AnalysisReader Reader { get; }

    public AnalyseKind Kind { get; }

    public ReframeKind Reframe { get; }

    public BoundedPlaces Places { get; } = new();

    public UserId User { get; private set; }

    /// <param name="models">What is detected with.</param>
    /// <param name="server">Where it is PostgreSQL.</param>
    /// <param name="time">The database's clock.</param>
    /// <param name="language">What describes scenes.</param>
    public static async Task<AnalysisStore> CreateAsync(
        IModelHost models, PostgresServer? server = null, TimeProvider? time = null, LanguageDescriber? language = null)
    {
        Assert.SkipWhen(VideoPrograms.Missing is not null, VideoPrograms.Missing ?? string.Empty);
        string folder = Directory.CreateTempSubdirectory("rtc-analysis-").FullName;
        StoreOptions options = server is null
            ? new StoreOptions { File = Path.Combine(folder, StoreOptions.FileName) }
            : new StoreOptions { Connection = await server.CreateDatabaseAsync() };
        var store = new AnalysisStore(options, folder, models, time ?? TimeProvider.System, language);
        store.User = (await new UserTable(store.Database).FindOrAddAsync("someone@example.org")).Id;
        return store;
    }

    /// <summary>One that opens no database before it is asked something: for what needs none.</summary>
    public static AnalysisStore Unopened(IModelHost models)
    {
        string folder = Directory.CreateTempSubdirectory("rtc-analysis-").FullName;
        return Open(new StoreOptions { File = Path.Combine(folder, StoreOptions.FileName) }, folder, models);
    }

    /// <summary>At a store that is there already, for another program.</summary>
    public static AnalysisStore Open(StoreOptions options, string folder, IModelHost models) =>
        new(options, folder, models, TimeProvider.System);

    /// <summary>A file as a user's video.</summary>
    public async Task<Video> AddAsync(string path, string? name = null)
    {
        VideoInfo info = VideoProbe.Read(path, new ContainerLimits(), CancellationToken.None).Info!;
        string file = Path.GetFileName(path);
        if (Path.GetDirectoryName(path) != Folder)
        {
            File.CreateSymbolicLink(Path.Combine(Folder, file), path);
        }

        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        var video = new Video(
            Videos.NewId(), User, name ?? file, file, new FileInfo(path).Length, "00",
            new VideoFacts(
                info.DurationSeconds, info.Width, info.Height, Math.Round(info.FrameRate.Value, 3), info.Codec, info.TotalFrames, false),
            Video.Ready, null, now, now);
        await Videos.AddAsync(video);
        return video;
    }

    public Task<Job> QueueAsync(Video video, string options, string kind = AnalyseKind.KindName) => Jobs.AddAsync(
        Jobs.NewId(), User, video.Id, kind, options, kind == AnalyseKind.KindName ? Kind.Steps(options) : Reframe.Steps(options));

    public JobWorkers Workers(JobOptions? options = null) => new(
        Database, [Kind, Reframe], options ?? new JobOptions { Workers = 1 }, new FullPace(), new JobCounters(_meter),
        NullLogger<JobWorkers>.Instance);

    /// <summary>Runs a job to its end by workers of its own.</summary>
    public async Task<Job> RunAsync(Video video, string options, string kind = AnalyseKind.KindName)
    {
        await using JobWorkers workers = Workers();
        Job job = await QueueAsync(video, options, kind);
        workers.Start();
        return await OverAsync(job.Id);
    }

    public async Task<Job> OverAsync(JobId id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            Job job = (await Jobs.FindAsync(User, id, patience.Token))!;
            if (job.IsOver)
            {
                return job;
            }

            await Task.Delay(20, patience.Token);
        }
    }

    public async Task<string> ExportAsync(Video video, JobId job, string format)
    {
        using var bytes = new MemoryStream();
        await AnalysisExport.WriteAsync(format, bytes, new ExportSource(Reader, video, job), CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _meter.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>As many bytes as a test says, for one video at a time.</summary>
internal sealed class BoundedPlaces : IVideoPlaces
{
    public long Most { get; set; } = long.MaxValue;

    /// <summary>Kept now; null where nothing is.</summary>
    public long? Kept { get; private set; }

    public Task<string?> KeepAsync(UserId user, VideoId video, string name, long bytes, CancellationToken cancel)
    {
        Kept = bytes <= Most ? bytes : Kept;
        return Task.FromResult(bytes <= Most ? null : "there is no room");
    }

    public Task ReleaseAsync(VideoId video)
    {
        Kept = null;
        return Task.CompletedTask;
    }
}

/// <summary>Nothing live is in the way.</summary>
internal sealed class FullPace : IJobPace
{
    public JobPace Current => JobPace.Full;
}
