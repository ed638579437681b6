using Rtc.Peer.Rtp;

namespace Rtc.Peer.Receive;

/// <summary>What the assembler needs to know of a packet besides its payload.</summary>
internal readonly record struct MediaPacket(
    long Sequence,
    uint Timestamp,
    bool Marker,
    VideoCodec Codec,
    Instant Arrival,
    int Orientation,
    ulong CaptureNtp)
{
    public static MediaPacket From(long sequence, RtpHeaderView packet, HeaderExtensionsView extensions, VideoCodec codec, Instant now) =>
        new(sequence, packet.Timestamp, packet.Marker, codec, now, extensions.Orientation, extensions.CaptureNtp);
}
