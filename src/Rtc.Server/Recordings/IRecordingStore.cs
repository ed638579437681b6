namespace Rtc.Server.Recordings;

/// <summary>Takes what was recorded.</summary>
internal interface IRecordingStore
{
    /// <summary>
    /// Makes a part whose files are closed a video of its user, and disposes it. False where that has to wait or nothing is in it; never
    /// throws.
    /// </summary>
    Task<bool> AddAsync(RecordingPart part);
}
