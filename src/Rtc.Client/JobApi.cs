using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.Client;

/// <summary>Work on videos of the user whose key the client has: asked for, followed to its end, read.</summary>
public sealed class JobApi
{
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromSeconds(1);

    private readonly ApiConnection _api;

    internal JobApi(ApiConnection api) => _api = api;

    /// <summary>Starts a job, as of the kind <c>analyse</c>; docs/PROTOCOL.md has the options. The job's id.</summary>
    public async Task<string> CreateAsync(string videoId, string kind, JsonObject? options = null, CancellationToken cancel = default)
    {
        using var content = JsonContent.Create(new JobRequest(videoId, kind, options), ClientJson.Default.JobRequest);
        return (await _api.AskAsync(HttpMethod.Post, "api/jobs", content, ClientJson.Default.JobAccepted, isRoom: false, cancel)
            .ConfigureAwait(false)).JobId;
    }

    public Task<Job> FindAsync(string jobId, CancellationToken cancel = default) =>
        _api.GetAsync(PathOf(jobId), ClientJson.Default.Job, isRoom: false, cancel);

    /// <summary>Newest first; <see cref="JobPage.Next"/> is the <paramref name="after"/> of the following page.</summary>
    public Task<JobPage> ListAsync(string? after = null, int? limit = null, CancellationToken cancel = default) => _api.GetAsync(
        "api/jobs" + Query.Of(("after", after), ("limit", limit?.ToString(CultureInfo.InvariantCulture))), ClientJson.Default.JobPage,
        isRoom: false, cancel);

    /// <summary>The job now and each time it changes, until it is over.</summary>
    public async IAsyncEnumerable<Job> FollowAsync(string jobId, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (SseItem<string> item in _api.FollowAsync(PathOf(jobId) + "/events", isRoom: false, cancel).ConfigureAwait(false))
        {
            if (item.EventType == "job" && JsonSerializer.Deserialize(item.Data, ClientJson.Default.Job) is { } job)
            {
                yield return job;
            }
        }
    }

    /// <summary>Comes back with the job once it is over, however it ended. A server that is away for a moment is waited for.</summary>
    public async Task<Job> WaitAsync(string jobId, CancellationToken cancel = default)
    {
        while (true)
        {
            try
            {
                await foreach (Job job in FollowAsync(jobId, cancel).ConfigureAwait(false))
                {
                    if (job.IsOver)
                    {
                        return job;
                    }
                }
            }
            catch (RtcException error) when (error.Code is RtcException.Closed or RtcException.Unreachable or RtcException.Timeout
                || error.Status == HttpStatusCode.ServiceUnavailable)
            {
                // It goes on without anybody who looks.
            }

            await Task.Delay(s_betweenTries, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The result of a completed job; the code <c>job_not_completed</c> of another.</summary>
    public Task<JsonElement> ResultAsync(string jobId, CancellationToken cancel = default) =>
        _api.GetAsync(PathOf(jobId) + "/result", ClientJson.Default.JsonElement, isRoom: false, cancel);

    public Task<Job> CancelAsync(string jobId, CancellationToken cancel = default) =>
        _api.AskAsync(HttpMethod.Delete, PathOf(jobId), null, ClientJson.Default.Job, isRoom: false, cancel);

    private static string PathOf(string jobId) => $"api/jobs/{Uri.EscapeDataString(jobId)}";
}

internal sealed record JobRequest(string VideoId, string Kind, JsonObject? Options);

internal sealed record JobAccepted(string JobId);

/// <summary>Some jobs, and what the next page comes after; null on the last.</summary>
public sealed record JobPage(IReadOnlyList<Job> Jobs, string? Next);

/// <summary>A job, and how far it is.</summary>
public sealed record Job
{
    public string JobId { get; init; } = "";

    public string Kind { get; init; } = "";

    public string? VideoId { get; init; }

    /// <summary><c>queued</c>, <c>processing</c>, <c>completed</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>0 to 1.</summary>
    public double Progress { get; init; }

    public IReadOnlyList<JobStep> Steps { get; init; } = [];

    public int Attempt { get; init; }

    public string? Error { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Nothing of it changes any more.</summary>
    public bool IsOver => Status is "completed" or "failed" or "cancelled";
}

/// <summary>One step of a job: pending, processing, complete or error.</summary>
public sealed record JobStep(string Id, string Label, string Status, double Seconds);
