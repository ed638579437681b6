using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>Metadata as <see cref="VideoProbe"/> reads them, in the store's terms.</summary>
internal sealed class ContainerProbe : IVideoProbe
{
    private static readonly ContainerLimits s_limits = new();

    public Task<(ProbedVideo? Video, string? Refusal)> ReadAsync(string file, CancellationToken cancel) =>
        Task.Run<(ProbedVideo?, string?)>(
            () =>
            {
                VideoProbeResult result = VideoProbe.Read(file, s_limits, cancel);
                if (result.Refusal is { Error: ContainerError.NoProgram } missing)
                {
                    throw new UploadException(StatusCodes.Status503ServiceUnavailable, "no_program", missing.Message);
                }

                return result.Info is { } info ? (Of(info), null) : (null, result.Refusal?.Message);
            },
            cancel);

    private static ProbedVideo Of(VideoInfo info) => new(
        new VideoFacts(
            info.DurationSeconds, info.Width, info.Height, Math.Round(info.FrameRate.Value, 3), info.Codec, info.TotalFrames,
            HasAudio: info.Audio is not null),
        info.Format switch
        {
            ContainerFormat.QuickTime => ".mov",
            ContainerFormat.Avi => ".avi",
            ContainerFormat.Matroska => ".mkv",
            ContainerFormat.WebM => ".webm",
            _ => ".mp4",
        });
}
