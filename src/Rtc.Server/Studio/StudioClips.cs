using Rtc.Server.Videos;
using Rtc.Store.Queue;
using Rtc.Store.Videos;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Studio;

/// <summary>Clips that were uploaded as videos before.</summary>
internal sealed class StudioClips(VideoTable videos, Uploads uploads) : IStudioClips
{
    public async Task<string?> FindAsync(Job job, CancellationToken cancel) =>
        job.VideoId is { } id && await videos.FindAsync(job.UserId, id, cancel) is { } video && uploads.FileOf(video.File) is { } file
            && File.Exists(file)
            ? file
            : null;
}
