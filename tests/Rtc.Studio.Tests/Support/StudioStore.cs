using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Jobs;
using Rtc.Media;
using Rtc.Store;
using Rtc.Store.Files;
using Rtc.Store.Queue;
using Rtc.Store.Users;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Tasks;

namespace Rtc.Studio.Tests.Support;

/// <summary>A store with tasks of the studio and the folder of their files, without weights; gone with the test that made it.</summary>
internal sealed class StudioStore : IAsyncDisposable
{
    private readonly Meter _meter = new("test");
    private readonly PicturePool _pool = new();
    private readonly ModelHost _models;
    private readonly JobTable _jobs;
    private readonly Database _database;
    private readonly IReadOnlyList<StudioKind> _kinds;
    private readonly bool _isOwner;
    private UserId _user;

    private StudioStore(string root, bool isOwner)
    {
        (Root, _isOwner) = (root, isOwner);
        _database = new Database(new StoreOptions { File = Path.Combine(root, StoreOptions.FileName) }, TimeProvider.System);
        _jobs = new JobTable(_database);
        _models = new ModelHost(new ModelHostOptions { Directory = root, Model = "motion" });
        Folder = new StudioFolder(Path.Combine(root, "studio"));
        _kinds = StudioKind.All(new ClipWork(new StudioEngines(_models), _pool, new ClipLimits()), Folder, new NoClips());
    }

    public string Root { get; }

    public StudioFolder Folder { get; }

    public static async Task<StudioStore> CreateAsync()
    {
        var store = new StudioStore(Directory.CreateTempSubdirectory("rtc-studio-").FullName, isOwner: true);
        store._user = (await new UserTable(store._database).FindOrAddAsync("someone@example.org")).Id;
        return store;
    }

    /// <summary>At a store that is there already, for another program.</summary>
    public static StudioStore Open(string root, bool isOwner) => new(root, isOwner);

    public Task<Job> QueueAsync(string kind, string clip, StudioRequest wanted)
    {
        JobId id = _jobs.NewId();
        Directory.CreateDirectory(Folder.Of(id.Value));
        File.Copy(clip, Folder.ClipOf(id.Value));
        return _jobs.AddAsync(id, _user, null, kind, wanted.Write(), [.. _kinds.Single(one => one.Name == kind).Steps(string.Empty)]);
    }

    public JobWorkers Workers(JobOptions options) => new(
        _database, [.. _kinds], options, new FullPace(), new JobCounters(_meter), NullLogger<JobWorkers>.Instance);

    public Task<Job?> CancelAsync(JobId id) => _jobs.CancelAsync(_user, id);

    /// <summary>The job once it is so.</summary>
    public async Task<Job> WaitAsync(JobId id, Predicate<Job> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            Job job = (await _jobs.FindAsync(_user, id, patience.Token))!;
            if (isSo(job))
            {
                return job;
            }

            await Task.Delay(10, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _models.Dispose();
        _pool.Dispose();
        _meter.Dispose();
        if (_isOwner)
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    /// <summary>Each clip comes with its task.</summary>
    private sealed class NoClips : IStudioClips
    {
        public Task<FileCopy?> OpenAsync(Job job, CancellationToken cancel) => Task.FromResult<FileCopy?>(null);
    }

    /// <summary>Nothing live is in the way.</summary>
    private sealed class FullPace : IJobPace
    {
        public JobPace Current => JobPace.Full;
    }
}
