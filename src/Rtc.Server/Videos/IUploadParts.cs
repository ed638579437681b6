using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>What has come of uploads that are not whole yet.</summary>
internal interface IUploadParts
{
    /// <summary>How much of it is here.</summary>
    Task<long> OffsetAsync(VideoId upload, CancellationToken cancel);

    /// <summary>The file of this machine that holds what came before an offset, for what follows.</summary>
    Task<string> OpenAsync(VideoId upload, long offset, CancellationToken cancel);

    /// <summary>What was written from an offset on is not to be sent again.</summary>
    Task KeepAsync(VideoId upload, long from);

    Task DropAsync(VideoId upload);

    /// <summary>Deletes what was written before a time and belongs to no upload any more.</summary>
    Task SweepAsync(DateTimeOffset before);
}
