using Rtc.Media;

namespace Rtc.Pipeline.Settings;

/// <summary>What a room's pipeline is opened with and keeps.</summary>
public sealed record RoomPipelineOptions
{
    public string Room { get; init; } = "";

    public RoomSettings Settings { get; init; } = new();

    public VideoFormats OutputFormats { get; init; } = VideoFormats.Vp8;

    /// <summary>Milliseconds since 1970 of <see cref="Instant"/> zero, by which a frame's arrival is told.</summary>
    public double OriginUnixMs { get; init; }

    public int BitrateKbps { get; init; } = 1200;

    public int FramesPerSecond { get; init; } = 30;

    /// <summary>
    /// Coded pictures that may wait; a second. Generous, since a room that was held up catches up by decoding alone (a
    /// picture takes under a millisecond), while an overflow costs a key frame and a freeze.
    /// </summary>
    public int QueueCapacity { get; init; } = 30;

    /// <summary>What a camera that sends larger pictures is told; its decoder refuses them.</summary>
    public long MaxPixels { get; init; } = Picture.MaxPixels;

    /// <summary>Decoded pictures that may wait for their own results in exact alignment.</summary>
    public int MaxWaitingForResults { get; init; } = 8;

    /// <summary>
    /// While those that wait will take longer than this a picture is decoded and neither drawn nor coded, so that delay never
    /// builds up. Several that a repaired packet lets go at once take less and are all returned.
    /// </summary>
    public double MaxBehindMs { get; init; } = 60;

    /// <summary>What a room in privacy mode does where it knows too little.</summary>
    public PrivacyOptions Privacy { get; init; } = new();

    /// <summary>The pause before a loop that an exception ended begins again; each further one is twice as long.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A loop that dies more often than this is given up, unless it ran for <see cref="RestartWindow"/> in between.</summary>
    public int MaxRestarts { get; init; } = 6;

    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromMinutes(1);
}
