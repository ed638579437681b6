using Rtc.Store.Videos;

namespace Rtc.Server.Videos;

/// <summary>A video as its user is told of it; <see cref="ExpiresAt"/> is when it goes by itself, null where it is kept.</summary>
internal sealed record VideoView(
    string VideoId, string Name, long Bytes, string Sha256, double DurationSeconds, int Width, int Height, double Fps, string Codec,
    long TotalFrames, bool HasAudio, string Status, DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt)
{
    public static VideoView Of(Video video, int retainDays) => new(
        video.Id.ToString(), video.Name, video.Bytes, video.Sha256, video.Facts.DurationSeconds, video.Facts.Width, video.Facts.Height,
        video.Facts.Fps, video.Facts.Codec, video.Facts.TotalFrames, video.Facts.HasAudio, video.Status, video.CreatedAt,
        retainDays > 0 ? video.UpdatedAt.AddDays(retainDays) : null);
}
