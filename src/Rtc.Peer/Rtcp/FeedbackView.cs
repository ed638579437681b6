using System.Buffers.Binary;

namespace Rtc.Peer.Rtcp;

/// <summary>The common part of all feedback messages (RFC 4585 section 6.1) with its control information.</summary>
internal readonly ref struct FeedbackView
{
    private FeedbackView(Ssrc sender, Ssrc media, ReadOnlySpan<byte> information)
    {
        Sender = sender;
        Media = media;
        Information = information;
    }

    public Ssrc Sender { get; }

    /// <summary>Unused (0) in FIR and REMB.</summary>
    public Ssrc Media { get; }

    public ReadOnlySpan<byte> Information { get; }

    public static bool TryParse(RtcpPacketView packet, out FeedbackView view)
    {
        view = default;
        if (packet.Type is not (RtcpType.TransportFeedback or RtcpType.PayloadFeedback) || packet.Body.Length < 8)
        {
            return false;
        }

        view = new FeedbackView(
            new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(packet.Body)),
            new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(packet.Body[4..])),
            packet.Body[8..]);
        return true;
    }
}
