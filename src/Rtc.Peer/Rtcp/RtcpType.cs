namespace Rtc.Peer.Rtcp;

/// <summary>RTCP packet types (RFC 3550 section 12.1, RFC 4585 section 6.1).</summary>
internal static class RtcpType
{
    public const byte SenderReport = 200;
    public const byte ReceiverReport = 201;
    public const byte SourceDescription = 202;
    public const byte Bye = 203;
    public const byte TransportFeedback = 205;
    public const byte PayloadFeedback = 206;

    /// <summary>FMT values of type 205 (RFC 4585 section 6.2; draft-holmer-rmcat-transport-wide-cc-extensions-01).</summary>
    public const byte Nack = 1;
    public const byte TransportWide = 15;

    /// <summary>FMT values of type 206 (RFC 4585 section 6.3, RFC 5104 section 4.3.1; draft-alvestrand-rmcat-remb-03).</summary>
    public const byte Pli = 1;
    public const byte Fir = 4;
    public const byte ApplicationLayer = 15;
}
