namespace Rtc.Store.Queue;

/// <summary>
/// A worker's right to a job. Attempts are numbered and never given twice, so what a worker writes whose lease went to another
/// changes nothing.
/// </summary>
public readonly record struct JobClaim(JobId Job, string Owner, int Attempt);
