using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Rtc.Signaling;

/// <summary>Jobs of users, as far as the hub tells of them.</summary>
public interface IJobFeed
{
    /// <summary>The job now and whenever it has changed, until it is over; refused where the connection's user has no such job.</summary>
    Task<Outcome<IAsyncEnumerable<JsonElement>>> FollowAsync(HttpContext connection, string? job, CancellationToken cancel);
}
