namespace Rtc.Server.Recordings;

/// <summary>What a recording may take, and where it goes.</summary>
/// <param name="Folder">Of the store's files.</param>
/// <param name="MaxBytes">Of all its videos.</param>
/// <param name="MaxDuration">Of all its videos.</param>
/// <param name="IsDiskFull">Asked once a second.</param>
internal sealed record RecordingPlan(string Folder, long MaxBytes, TimeSpan MaxDuration, Func<bool> IsDiskFull);
