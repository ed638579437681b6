using Rtc.Server.Videos;
using Rtc.Store.Files;
using Rtc.Store.Queue;
using Rtc.Store.Videos;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Studio;

/// <summary>Clips that were uploaded as videos before.</summary>
internal sealed class StudioClips(VideoTable videos, VideoFiles files) : IStudioClips
{
    public async Task<FileCopy?> OpenAsync(Job job, CancellationToken cancel) =>
        job.VideoId is { } id && await videos.FindAsync(job.UserId, id, cancel) is { } video
            ? await files.Store.OpenAsync(video.File, cancel)
            : null;
}
