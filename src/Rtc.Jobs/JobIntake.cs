using System.Runtime.CompilerServices;
using System.Text.Json;
using Rtc.Store;
using Rtc.Store.Queue;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Jobs;

/// <summary>What users do with jobs: ask for one, follow it, cancel it. The workers of this program hear of it at once.</summary>
public sealed class JobIntake(
    Database database, JobTable jobs, IEnumerable<IJobKind> kinds, JobWorkers workers, WebhookOptions? webhooks = null)
{
    private const string Webhook = "webhook";

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, IJobKind> _kinds = kinds.ToDictionary(kind => kind.Name);

    /// <summary>Kinds that may be asked for.</summary>
    public IReadOnlyCollection<string> Kinds => _kinds.Keys;

    /// <summary>Null where such a job can be had, else what is wrong.</summary>
    public string? Check(string kind, string options) =>
        StorableJson.Refuse(options) is { } wrong ? wrong
        : _kinds.TryGetValue(kind, out IJobKind? known) ? known.Check(options) ?? CheckWebhook(options)
        : _kinds.Count == 0 ? "This server works on no jobs."
        : $"\"kind\" is one of {string.Join(", ", _kinds.Keys)}.";

    /// <summary>Once it returns, the job will be done, whatever happens to this program.</summary>
    public Task<Job> AddAsync(UserId user, VideoId? video, string kind, string options, CancellationToken cancel = default) =>
        AddAsync(jobs.NewId(), user, video, kind, options, cancel);

    /// <summary>The same under an id that was taken before, for files that lie ready under it.</summary>
    public async Task<Job> AddAsync(
        JobId id, UserId user, VideoId? video, string kind, string options, CancellationToken cancel = default)
    {
        Job job = await jobs.AddAsync(id, user, video, kind, options, _kinds[kind].Steps(options), WebhookOf(options), cancel)
            .ConfigureAwait(false);
        workers.Wake();
        return job;
    }

    /// <summary>Null where the user has no such job; one that is over stays as it is.</summary>
    public async Task<Job?> CancelAsync(UserId user, JobId id, CancellationToken cancel = default)
    {
        Job? job = await jobs.CancelAsync(user, id, cancel).ConfigureAwait(false);
        if (job?.Status == JobStatus.Cancelled)
        {
            workers.Drop(id);
        }

        return job;
    }

    /// <summary>The job now, and again whenever it has changed, until it is over.</summary>
    public async IAsyncEnumerable<Job> WatchAsync(UserId user, JobId id, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        Job? last = null;
        while (await jobs.FindAsync(user, id, cancel).ConfigureAwait(false) is { } job)
        {
            if (last is null || Differs(job, last))
            {
                yield return last = job;
            }

            if (job.IsOver)
            {
                break;
            }

            await Task.Delay(s_lookEvery, database.Time, cancel).ConfigureAwait(false);
        }
    }

    private static bool Differs(Job a, Job b) =>
        (a.Status, a.Progress, a.Attempt, a.Error) != (b.Status, b.Progress, b.Attempt, b.Error) || !a.Steps.SequenceEqual(b.Steps);

    /// <summary>Each kind's jobs may have one: the address that is told of the end.</summary>
    private string? CheckWebhook(string options)
    {
        if (!HasWebhook(options, out string? address))
        {
            return null;
        }

        return webhooks?.Key is null ? "This server tells nobody of a job's end: \"webhook\" needs Jobs:WebhookKey."
            : WebhookOptions.IsAddress(address) ? null
            : "\"webhook\" is an http:// or https:// address.";
    }

    private static string? WebhookOf(string options) => HasWebhook(options, out string? address) ? address : null;

    private static bool HasWebhook(string options, out string? address)
    {
        using JsonDocument document = JsonDocument.Parse(options);
        bool isThere = document.RootElement.TryGetProperty(Webhook, out JsonElement value);
        address = isThere && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return isThere;
    }
}
