using Rtc.Store.Files;
using Rtc.Store.Queue;

namespace Rtc.Studio.Tasks;

/// <summary>Where a job's clip lies that did not come with it.</summary>
public interface IStudioClips
{
    /// <summary>The file of the job's video, for its caller to dispose of; null where it is gone.</summary>
    Task<FileCopy?> OpenAsync(Job job, CancellationToken cancel);
}
