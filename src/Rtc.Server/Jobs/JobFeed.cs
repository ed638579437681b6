using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Rtc.Jobs;
using Rtc.Server.Accounts;
using Rtc.Signaling;
using Rtc.Store;
using Rtc.Store.Queue;
using Rtc.Store.Users;

namespace Rtc.Server.Jobs;

/// <summary>Follows a job for the hub, in the name of whoever opened its connection; what it tells is written as HTTP writes it.</summary>
internal sealed class JobFeed(JobTable jobs, JobIntake intake, StoreWork store, IOptions<JsonOptions> json) : IJobFeed
{
    private static readonly Refusal s_noUser = new("user_key", "This needs a key of a user: X-API-Key: vr_….", 401);
    private static readonly Refusal s_noJob = new("unknown_job", "There is no such job.", 404);
    private static readonly Refusal s_noStore = new("store", "The database does not answer. Try again.", 503);

    public async Task<Outcome<IAsyncEnumerable<JsonElement>>> FollowAsync(HttpContext connection, string? job, CancellationToken cancel)
    {
        try
        {
            if (await Caller.FindAsync(connection) is not { } user)
            {
                return s_noUser;
            }

            store.Begin();
            return Guid.TryParse(job, out Guid id) && await jobs.FindAsync(user.Id, new JobId(id), cancel) is not null
                ? new Outcome<IAsyncEnumerable<JsonElement>>(WatchAsync(user.Id, new JobId(id), cancel), null)
                : s_noJob;
        }
        catch (StoreUnavailableException)
        {
            return s_noStore;
        }
    }

    private async IAsyncEnumerable<JsonElement> WatchAsync(UserId user, JobId id, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (Job job in intake.WatchAsync(user, id, cancel))
        {
            yield return JsonSerializer.SerializeToElement(JobView.Of(job), json.Value.SerializerOptions);
        }
    }
}
