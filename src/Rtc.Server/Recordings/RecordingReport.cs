namespace Rtc.Server.Recordings;

/// <summary>What is said of a recording, at work or ended.</summary>
/// <param name="RecordingId">The id of its first video.</param>
/// <param name="Room">Whose pictures they are.</param>
/// <param name="View">"source" or "annotated".</param>
/// <param name="Status">"recording", "finishing" while its end is written and read, or "finished".</param>
/// <param name="StartedAt">When it was asked for.</param>
/// <param name="DurationSeconds">Of all its videos, from the first picture to the end of the last.</param>
/// <param name="Bytes">Of its videos.</param>
/// <param name="Pictures">How many are in it.</param>
/// <param name="VideoIds">The videos of the library that it has become: another begins where the phone is turned.</param>
/// <param name="EndedBy">Null while it goes on.</param>
public sealed record RecordingReport(
    string RecordingId,
    string Room,
    string View,
    string Status,
    DateTimeOffset StartedAt,
    double DurationSeconds,
    long Bytes,
    long Pictures,
    IReadOnlyList<string> VideoIds,
    string? EndedBy)
{
    public const string AtWork = "recording";
    public const string Finishing = "finishing";
    public const string Finished = "finished";
}
