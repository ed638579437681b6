using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Analysis;
using Rtc.Analysis.Exports;
using Rtc.Analysis.Reading;
using Rtc.Analysis.Records;
using Rtc.Inference;
using Rtc.Jobs;
using Rtc.Media.Containers;
using Rtc.Server.Videos;
using Rtc.Store;
using Rtc.Store.Files;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Commands;

/// <summary>One job of a command, at a store in a temporary folder that is gone with it: the very steps of a server.</summary>
internal sealed class LocalAnalysis : IAsyncDisposable
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(50);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-analyse-");
    private readonly Meter _meter = new("rtc.analyse");
    private readonly IModelHost _models;
    private readonly Database _database;
    private readonly VideoTable _videos;
    private readonly ResultTable _results;
    private readonly TrackTable _tracks;
    private readonly SceneTable _scenes;
    private Video? _video;

    public LocalAnalysis(IModelHost models)
    {
        _models = models;
        _database = new Database(new StoreOptions { File = Path.Combine(_folder.FullName, StoreOptions.FileName) }, TimeProvider.System);
        (_videos, _results) = (new VideoTable(_database), new ResultTable(_database));
        (_tracks, _scenes) = (new TrackTable(_database), new SceneTable(_database));
    }

    /// <summary>Why the file is no video.</summary>
    public string? Error { get; private set; }

    public static AnalysisSummary SummaryOf(Job job) => JsonSerializer.Deserialize(job.Result!, AnalysisJson.Default.AnalysisSummary)!;

    public string? Check(string options) => Kind(_folder.FullName).Check(options);

    /// <summary>The job as it ended; null where the file is no video.</summary>
    public async Task<Job?> RunAsync(string path, string options, CancellationToken cancel)
    {
        string file = Path.GetFullPath(path);
        (ProbedVideo? probed, Error) = await new ContainerProbe().ReadAsync(file, cancel);
        if (probed is null)
        {
            return null;
        }

        UserId user = (await new UserTable(_database).LocalAsync(cancel)).Id;
        DateTimeOffset now = _database.Now;
        string name = Path.GetFileName(file);
        _video = new Video(
            _videos.NewId(), user, name, name, new FileInfo(file).Length, await FileHash.OfAsync(file, cancel), probed.Facts, Video.Ready,
            null, now, now);
        await _videos.AddAsync(_video, cancel);
        var jobs = new JobTable(_database);
        AnalyseKind kind = Kind(Path.GetDirectoryName(file)!);
        Job job = await jobs.AddAsync(
            jobs.NewId(), user, _video.Id, AnalyseKind.KindName, options, kind.Steps(options), cancel);
        await using var workers = new JobWorkers(
            _database, [kind], new JobOptions { Workers = 1, MaxFailures = 1, MaxTime = TimeSpan.FromDays(1) }, new FullPace(),
            new JobCounters(_meter), NullLogger<JobWorkers>.Instance);
        workers.Start();
        while (!job.IsOver)
        {
            await Task.Delay(s_lookEvery, cancel);
            job = (await jobs.FindAsync(user, job.Id, cancel))!;
        }

        return job;
    }

    public ExportSource Source(Job job) => new(new AnalysisReader(_results, _tracks, _scenes), _video!, job.Id);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _meter.Dispose();
        _folder.Delete(recursive: true);
    }

    private AnalyseKind Kind(string folder) =>
        new(_videos, _results, _tracks, _scenes, _models, new AnalysisSettings(folder, new ContainerLimits()));

    /// <summary>A command has the machine to itself.</summary>
    private sealed class FullPace : IJobPace
    {
        public JobPace Current => JobPace.Full;
    }
}
