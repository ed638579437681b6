namespace Rtc.Store.Queue;

/// <summary>Where a job is on its way. The last three are for good.</summary>
public enum JobStatus
{
    /// <summary>It waits for a worker, perhaps after an attempt that failed.</summary>
    Queued,

    /// <summary>A worker has a lease on it.</summary>
    Processing,

    Completed,
    Failed,
    Cancelled,
}
