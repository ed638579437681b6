namespace Rtc.Jobs;

/// <summary>The job has gone to another worker or was cancelled: what this one would write is refused.</summary>
public sealed class JobLostException() : Exception("The job is no longer this worker's.");
