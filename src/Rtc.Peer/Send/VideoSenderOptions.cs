using Rtc.Peer.Rtp;

namespace Rtc.Peer.Send;

/// <summary>What the negotiation fixed for one outgoing stream.</summary>
internal sealed record VideoSenderOptions
{
    public required Ssrc Media { get; init; }

    /// <summary>Null where RTX isn't negotiated: packets are then sent again as they were.</summary>
    public Ssrc? Rtx { get; init; }

    /// <summary>In order of preference; a frame goes out under the first that has its codec.</summary>
    public required IReadOnlyList<SendCodec> Codecs { get; init; }

    public ExtensionMap Extensions { get; init; } = ExtensionMap.Empty;

    public string Mid { get; init; } = "";
}

/// <summary>One codec's payload types; without the second there is no RTX for it.</summary>
internal readonly record struct SendCodec(VideoCodec Codec, byte PayloadType, byte? RtxPayloadType);
