namespace Rtc.Client;

/// <summary>How a camera joins a room.</summary>
public sealed record PublishOptions
{
    /// <summary>What the room shows from then on, as <c>annotate</c>; null leaves it.</summary>
    public string? Mode { get; init; }

    /// <summary>What the camera is called.</summary>
    public string? Name { get; init; }

    /// <summary>Takes the place of the camera on air.</summary>
    public bool Takeover { get; init; }

    /// <summary>In order of preference; frames that are sent are of the one that the server chose.</summary>
    public IReadOnlyList<VideoCodec> Codecs { get; init; } = [VideoCodec.Vp8, VideoCodec.H264];
}

/// <summary>How a viewer joins a room.</summary>
public sealed record WatchOptions
{
    /// <summary>The camera's own picture in place of the annotated one.</summary>
    public bool IsSource { get; init; }

    /// <summary>False for results alone: no picture is sent.</summary>
    public bool HasVideo { get; init; } = true;

    /// <summary>In order of preference.</summary>
    public IReadOnlyList<VideoCodec> Codecs { get; init; } = [VideoCodec.Vp8, VideoCodec.H264];
}
