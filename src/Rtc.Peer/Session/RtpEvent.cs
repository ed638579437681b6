namespace Rtc.Peer.Session;

internal enum RtpEventKind : byte
{
    /// <summary>A whole frame; the taker of the event owns it.</summary>
    VideoFrame,

    /// <summary>A viewer of the section needs a key frame.</summary>
    KeyFrameNeeded,

    /// <summary>The encoder should aim at another rate.</summary>
    BitrateChanged,

    /// <summary>The other side said goodbye to a stream.</summary>
    StreamEnded,
}

internal readonly record struct RtpEvent(RtpEventKind Kind, string Mid, string Rid, EncodedFrame? Frame, Bitrate Bitrate);
