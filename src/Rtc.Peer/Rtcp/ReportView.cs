using System.Buffers.Binary;

namespace Rtc.Peer.Rtcp;

/// <summary>A sender or receiver report (RFC 3550 sections 6.4.1, 6.4.2); a receiver's has no sender part.</summary>
internal readonly ref struct ReportView
{
    private const int SenderPartLength = 20;

    private readonly ReadOnlySpan<byte> _blocks;

    private ReportView(Ssrc sender, SenderInfo info, ReadOnlySpan<byte> blocks)
    {
        Sender = sender;
        Info = info;
        _blocks = blocks;
    }

    public Ssrc Sender { get; }

    /// <summary>Default (NTP 0) in a receiver report.</summary>
    public SenderInfo Info { get; }

    public int Count => _blocks.Length / ReportBlock.Length;

    public ReportBlock Block(int index) => ReportBlock.Read(_blocks[(index * ReportBlock.Length)..]);

    public static bool TryParse(RtcpPacketView packet, out ReportView view)
    {
        view = default;
        ReadOnlySpan<byte> body = packet.Body;
        bool sender = packet.Type == RtcpType.SenderReport;
        int fixedLength = 4 + (sender ? SenderPartLength : 0);
        if ((!sender && packet.Type != RtcpType.ReceiverReport)
            || body.Length < fixedLength + (packet.Count * ReportBlock.Length))
        {
            return false;
        }

        SenderInfo info = sender
            ? new SenderInfo(
                BinaryPrimitives.ReadUInt64BigEndian(body[4..]),
                BinaryPrimitives.ReadUInt32BigEndian(body[12..]),
                BinaryPrimitives.ReadUInt32BigEndian(body[16..]),
                BinaryPrimitives.ReadUInt32BigEndian(body[20..]))
            : default;
        view = new ReportView(
            new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(body)),
            info,
            body.Slice(fixedLength, packet.Count * ReportBlock.Length));
        return true;
    }
}

/// <summary>A sender report's own part: the same moment in both clocks, and totals.</summary>
internal readonly record struct SenderInfo(ulong Ntp, uint RtpTimestamp, uint Packets, uint Octets);
