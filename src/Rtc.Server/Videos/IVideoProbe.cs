using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>What a container says, and the ending that its file gets.</summary>
internal sealed record ProbedVideo(VideoFacts Facts, string Extension);

/// <summary>Reads a container's metadata.</summary>
internal interface IVideoProbe
{
    /// <summary>Either what the container says, or why the file is refused.</summary>
    Task<(ProbedVideo? Video, string? Refusal)> ReadAsync(string file, CancellationToken cancel);
}
