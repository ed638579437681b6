namespace Rtc.Peer.Sdp;

/// <summary>
/// What an answer agrees to. Audio is always refused; the section stays as an inactive one where the other end's
/// transport may hang on it.
/// </summary>
public sealed record AnswerPolicy
{
    public bool ReceiveVideo { get; init; } = true;

    public bool SendVideo { get; init; } = true;

    public bool AcceptDataChannels { get; init; } = true;

    /// <summary>Refuse an offer without a usable video section instead of answering what is left of it.</summary>
    public bool RequireVideo { get; init; }

    /// <summary>Refuse an offer of video in which no codec is common, also where its data channels could be taken.</summary>
    public bool RequireCodec { get; init; }

    /// <summary>Codecs in order of preference; the first common one is what the other end sends.</summary>
    public IReadOnlyList<VideoCodec> Codecs { get; init; } = [VideoCodec.Vp8, VideoCodec.H264];

    /// <summary>Video sections beyond this many are rejected.</summary>
    public int MaxVideoSections { get; init; } = 4;

    /// <summary>Of how many sections the other end's video is received; further ones that it sends on are answered without.</summary>
    public int MaxReceivedVideo { get; init; } = 4;

    /// <summary>
    /// Simulcast layers taken from a sender; 0 declines simulcast. The last of its list are taken: where a page says nothing of
    /// sizes, a browser halves them from the last layer to the first (webrtc-pc section 5.2). Of several that come the largest is
    /// handed on.
    /// </summary>
    public int MaxSimulcastLayers { get; init; } = 1;

    /// <summary>Name of the media stream in our <c>msid</c>.</summary>
    public string StreamId { get; init; } = "rtc";
}

/// <summary>What an offer of ours asks for.</summary>
public sealed record OfferPlan
{
    /// <summary>
    /// One entry a video section. Sections of before keep their place; those without an entry are stopped, and
    /// their place is used again by a later one.
    /// </summary>
    public IReadOnlyList<MediaDirection> Video { get; init; } = [];

    public bool DataChannel { get; init; }

    /// <summary>Asks for a restart; the caller of the negotiation brings the new credentials.</summary>
    public bool IceRestart { get; init; }

    public IReadOnlyList<VideoCodec> Codecs { get; init; } = [VideoCodec.Vp8, VideoCodec.H264];

    public string StreamId { get; init; } = "rtc";
}
