namespace Rtc.Inference.Catalogue;

/// <summary>How a fetch that somebody asked for stands; <paramref name="State"/> is idle, pulling, done, failed or cancelled.</summary>
/// <param name="Model">Null before the first one.</param>
/// <param name="State">As above.</param>
/// <param name="Bytes">Of all its files together, so far.</param>
/// <param name="Total">Of all its files together.</param>
/// <param name="Error">Why it failed.</param>
public sealed record PullStatus(string? Model, string State, long Bytes, long Total, string? Error);

/// <summary>
/// Fetches one model of the catalogue at a time for whoever asks while the program runs, and says how far it has come. Owned by
/// the program, which it ends with; any thread may call it.
/// </summary>
/// <param name="store">The folder that it fetches into.</param>
/// <param name="arrived">Called when a model has come, before the status says so.</param>
public sealed class ModelPull(ModelStore store, Action arrived) : IDisposable
{
    public const string Pulling = "pulling";
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    private readonly Lock _gate = new();
    private PullStatus _status = new(null, "idle", 0, 0, null);
    private CancellationTokenSource? _stop;
    private Task _work = Task.CompletedTask;

    public ModelCatalogue Catalogue => store.Catalogue;

    public PullStatus Status
    {
        get
        {
            lock (_gate)
            {
                return _status;
            }
        }
    }

    /// <summary>False where another one is on its way. A model that is on its way already needs no second fetch.</summary>
    public bool TryStart(CatalogueEntry entry, out PullStatus status)
    {
        lock (_gate)
        {
            if (_status.State == Pulling)
            {
                status = _status;
                return ModelName.Same(_status.Model!, entry.Name);
            }

            _stop?.Dispose();
            _stop = new CancellationTokenSource();
            CancellationToken cancel = _stop.Token;
            status = _status = new PullStatus(entry.Name, Pulling, 0, entry.Size, null);
            _work = Task.Run(() => RunAsync(entry, cancel), CancellationToken.None);
            return true;
        }
    }

    /// <summary>Ends the fetch that is on its way; what has come stays, and the next one goes on from there.</summary>
    public async Task<PullStatus> CancelAsync()
    {
        Task work;
        lock (_gate)
        {
            work = _work;
            _stop?.Cancel();
        }

        await work.ConfigureAwait(false);
        return Status;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stop?.Cancel();
        }
    }

    private async Task RunAsync(CatalogueEntry entry, CancellationToken cancel)
    {
        string? error;
        try
        {
            error = await store.PullAsync(entry.Name, new Progress(this, entry), cancel).ConfigureAwait(false);
            if (error is null)
            {
                arrived();
            }
        }
        catch (OperationCanceledException)
        {
            Set(status => status with { State = Cancelled });
            return;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error = failure.Message;
        }

        Set(status => error is null
            ? status with { State = Done, Bytes = status.Total }
            : status with { State = Failed, Error = error });
    }

    private void Set(Func<PullStatus, PullStatus> change)
    {
        lock (_gate)
        {
            _status = change(_status);
        }
    }

    /// <summary>Counts the files of a model together; they come one after the other.</summary>
    private sealed class Progress(ModelPull pull, CatalogueEntry entry) : IProgress<PullProgress>
    {
        public void Report(PullProgress value)
        {
            long before = entry.Files.TakeWhile(file => file.Name != value.File).Sum(file => file.Size);
            pull.Set(status => status with { Bytes = before + value.Bytes });
        }
    }
}
