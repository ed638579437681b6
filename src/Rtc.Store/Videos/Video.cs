using Rtc.Store.Users;

namespace Rtc.Store.Videos;

/// <summary>
/// A row of videos. <see cref="File"/> is the name that the server gave the file, <see cref="Name"/> what its user calls it;
/// <see cref="HasSidecar"/> is null in rows from before it was kept.
/// </summary>
public sealed record Video(
    VideoId Id, UserId UserId, string Name, string File, long Bytes, string Sha256, VideoFacts Facts, string Status, string? Error,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, bool? HasSidecar = false)
{
    /// <summary>It is whole and its container was read.</summary>
    public const string Ready = "ready";
}
