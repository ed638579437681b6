using System.Diagnostics.Metrics;
using Rtc.Server.Accounts;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Store;
using Rtc.Store.Queue;

namespace Rtc.Server.Jobs;

/// <summary>
/// Looks at the queue and at the disk of the videos every ten seconds, for /metrics: a scrape waits for neither. Before the store is
/// first used, and while it does not answer, the gauges say nothing.
/// </summary>
internal sealed class QueueWatch : IStoreWorker, IDisposable
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(10);

    private readonly JobTable _jobs;
    private readonly TimeProvider _time;
    private readonly string _folder;
    private readonly SemaphoreSlim _looking = new(1);
    private ITimer? _timer;
    private volatile QueueFacts? _queue;
    private volatile DriveInfo? _disk;

    public QueueWatch(RtcMetrics metrics, JobTable jobs, RtcOptions options, TimeProvider time)
    {
        (_jobs, _time, _folder) = (jobs, time, StorePaths.Files(options));
        Meter meter = metrics.Meter;
        meter.CreateObservableGauge("rtc.jobs.queued", () => Of(_queue, queue => queue.Queued), "{job}", "Jobs that wait for a worker");
        meter.CreateObservableGauge("rtc.jobs.processing", () => Of(_queue, queue => queue.Processing), "{job}", "Jobs at work");
        meter.CreateObservableGauge(
            "rtc.jobs.oldest", () => Of(_queue, queue => queue.OldestSeconds), "s", "Age of the oldest job that could be taken");
        meter.CreateObservableGauge(
            "rtc.store.disk.free", () => Of(_disk, disk => disk.AvailableFreeSpace), "By", "Room on the disk of the videos");
        meter.CreateObservableGauge("rtc.store.disk.size", () => Of(_disk, disk => disk.TotalSize), "By", "Size of the disk of the videos");
    }

    public void Begin() => _timer ??= _time.CreateTimer(_ => _ = Task.Run(LookAsync), null, TimeSpan.Zero, s_every);

    public Task EndAsync(CancellationToken cancel)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    internal async Task LookAsync()
    {
        if (!await _looking.WaitAsync(TimeSpan.Zero))
        {
            return;
        }

        try
        {
            _disk = Directory.Exists(_folder) ? new DriveInfo(_folder) : null;
            _queue = await _jobs.FactsAsync();
        }
        catch (StoreUnavailableException)
        {
            _queue = null;
        }
        finally
        {
            _looking.Release();
        }
    }

    private static IEnumerable<Measurement<double>> Of<T>(T? facts, Func<T, double> read)
        where T : class => facts is null ? [] : [new Measurement<double>(read(facts))];
}
