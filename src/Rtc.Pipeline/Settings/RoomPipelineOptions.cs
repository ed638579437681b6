using Rtc.Media.Codecs;

namespace Rtc.Pipeline;

/// <summary>What a room's pipeline is opened with and keeps.</summary>
public sealed record RoomPipelineOptions
{
    public string Room { get; init; } = "";

    public RoomSettings Settings { get; init; } = new();

    public VideoFormat OutputFormat { get; init; } = VideoFormat.Vp8;

    public int BitrateKbps { get; init; } = 1200;

    public int FramesPerSecond { get; init; } = 30;

    public int TemporalLayers { get; init; } = 1;

    /// <summary>
    /// Coded pictures that may wait; a second. Generous, since a room that was held up catches up by decoding alone (a
    /// picture takes under a millisecond), while an overflow costs a key frame and a freeze.
    /// </summary>
    public int QueueCapacity { get; init; } = 30;

    /// <summary>Decoded pictures that may wait for their own results in exact alignment.</summary>
    public int MostWaitingForResults { get; init; } = 8;

    /// <summary>
    /// While those that wait will take longer than this a picture is decoded and neither drawn nor coded, so that delay never
    /// builds up. Several that a repaired packet lets go at once take less and are all returned.
    /// </summary>
    public double MaxBehindMs { get; init; } = 60;
}
