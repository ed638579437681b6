namespace Rtc.Store.Videos;

/// <summary>What the container says of a video.</summary>
public sealed record VideoFacts(
    double DurationSeconds, int Width, int Height, double Fps, string Codec, long TotalFrames, bool HasAudio);
