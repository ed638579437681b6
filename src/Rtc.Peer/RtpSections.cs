using Rtc.Peer.Rtp;
using Rtc.Peer.Sdp;
using Rtc.Peer.Session;

namespace Rtc.Peer;

/// <summary>The sections of an RTP session out of those that were negotiated.</summary>
internal static class RtpSections
{
    public static RtpSection[] Of(IReadOnlyList<MediaSection> sections) =>
        [.. sections.Where(section => section is { Kind: MediaKind.Video, Rejected: false }).Select(SectionOf)];

    private static RtpSection SectionOf(MediaSection section) => new()
    {
        Mid = section.Mid,
        Receives = section.Receives,
        Sends = section.Sends,
        Codecs = [.. section.Codecs.Select(CodecOf)],
        Extensions = ExtensionsOf(section.Extensions),
        SendSsrc = section.SendSsrc,
        SendRtxSsrc = section.SendRtxSsrc,
        RemoteStreams = section.RemoteStreams,
        ReducedSize = section.ReducedSizeRtcp,
    };

    private static RtpCodec CodecOf(NegotiatedCodec codec) => new(codec.PayloadType, codec.Codec)
    {
        RtxPayloadType = codec.RtxPayloadType,
        Nack = codec.Nack,
        Pli = codec.NackPli,
        Fir = codec.CcmFir,
        Remb = codec.Remb,
        TransportCc = codec.TransportCc,
        ParameterSets = SpropParameterSets.Read(codec.ParameterSets),
    };

    private static ExtensionMap ExtensionsOf(HeaderExtensionIds ids)
    {
        var map = new ExtensionMap();
        Add(ids.Mid, RtpExtension.Mid);
        Add(ids.Rid, RtpExtension.Rid);
        Add(ids.RepairedRid, RtpExtension.RepairedRid);
        Add(ids.AbsSendTime, RtpExtension.AbsSendTime);
        Add(ids.TransportCc, RtpExtension.TransportSequence);
        Add(ids.AbsCaptureTime, RtpExtension.AbsCaptureTime);
        Add(ids.PlayoutDelay, RtpExtension.PlayoutDelay);
        Add(ids.VideoOrientation, RtpExtension.VideoOrientation);
        return map;

        void Add(byte? id, RtpExtension kind)
        {
            if (id is { } number)
            {
                map.TryAdd(number, kind);
            }
        }
    }
}
