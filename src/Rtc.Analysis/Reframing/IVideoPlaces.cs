using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Reframing;

/// <summary>Room in a user's library for a video that a job makes, within the limits that hold for what is uploaded.</summary>
public interface IVideoPlaces
{
    /// <summary>Keeps room for so many bytes, in place of what was kept for the same video before; where there is none, says why.</summary>
    Task<string?> KeepAsync(UserId user, VideoId video, string name, long bytes, CancellationToken cancel);

    /// <summary>The video is there, and counts by itself, or it never will be.</summary>
    Task ReleaseAsync(VideoId video);
}
