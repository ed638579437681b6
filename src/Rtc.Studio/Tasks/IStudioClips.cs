using Rtc.Store.Queue;

namespace Rtc.Studio.Tasks;

/// <summary>Where a job's clip lies that did not come with it.</summary>
public interface IStudioClips
{
    /// <summary>The file of the job's video; null where it is gone.</summary>
    Task<string?> FindAsync(Job job, CancellationToken cancel);
}
