namespace Rtc.Peer.Rtp;

/// <summary>The header extensions that we read or write; ids for them are negotiated offer by offer.</summary>
internal enum RtpExtension : byte
{
    None,
    Mid,
    Rid,
    RepairedRid,
    AbsSendTime,
    TransportSequence,
    AbsCaptureTime,
    PlayoutDelay,
    VideoOrientation,
}
