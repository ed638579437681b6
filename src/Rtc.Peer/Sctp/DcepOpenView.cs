using System.Buffers.Binary;
using System.Text;

namespace Rtc.Peer.Sctp;

/// <summary>DATA_CHANNEL_OPEN (RFC 8832 section 5.1) and its one-byte answer.</summary>
internal readonly ref struct DcepOpenView
{
    public const byte AckType = 0x02;
    public const byte OpenType = 0x03;
    private const int FixedLength = 12;
    private const byte UnorderedBit = 0x80;
    private const byte ByRetransmits = 1;
    private const byte ByLifetime = 2;

    private readonly ReadOnlySpan<byte> _message;

    private DcepOpenView(ReadOnlySpan<byte> message) => _message = message;

    public bool Ordered => (_message[1] & UnorderedBit) == 0;

    public int? MaxRetransmits => (_message[1] & ~UnorderedBit) == ByRetransmits ? Reliability : null;

    public int? MaxLifetimeMs => (_message[1] & ~UnorderedBit) == ByLifetime ? Reliability : null;

    public string Label => Encoding.UTF8.GetString(_message.Slice(FixedLength, LabelLength));

    public string Protocol => Encoding.UTF8.GetString(_message.Slice(FixedLength + LabelLength, ProtocolLength));

    private int Reliability => (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(_message[4..]), int.MaxValue);

    private int LabelLength => BinaryPrimitives.ReadUInt16BigEndian(_message[8..]);

    private int ProtocolLength => BinaryPrimitives.ReadUInt16BigEndian(_message[10..]);

    public static bool TryParse(ReadOnlySpan<byte> message, out DcepOpenView view)
    {
        view = new DcepOpenView(message);
        return message.Length >= FixedLength && message[0] == OpenType && (message[1] & ~UnorderedBit) <= ByLifetime &&
            message.Length >= FixedLength + view.LabelLength + view.ProtocolLength;
    }

    public static byte[] Write(string label, ChannelOptions options)
    {
        int labelLength = Encoding.UTF8.GetByteCount(label), protocolLength = Encoding.UTF8.GetByteCount(options.Protocol);
        var message = new byte[FixedLength + labelLength + protocolLength];
        message[0] = OpenType;
        message[1] = (byte)((options.Ordered ? 0 : UnorderedBit) |
            (options.MaxRetransmits is not null ? ByRetransmits : options.MaxLifetimeMs is not null ? ByLifetime : 0));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), (uint)(options.MaxRetransmits ?? options.MaxLifetimeMs ?? 0));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), (ushort)labelLength);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), (ushort)protocolLength);
        Encoding.UTF8.GetBytes(label, message.AsSpan(FixedLength));
        Encoding.UTF8.GetBytes(options.Protocol, message.AsSpan(FixedLength + labelLength));
        return message;
    }
}
