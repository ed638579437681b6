using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

/// <summary>DATA (RFC 9260 section 3.3.1).</summary>
internal readonly ref struct DataView
{
    private const int FixedLength = SctpSizes.DataHeader - SctpSizes.ChunkHeader;
    private readonly ReadOnlySpan<byte> _body;
    private readonly byte _flags;

    private DataView(ReadOnlySpan<byte> body, byte flags)
    {
        _body = body;
        _flags = flags;
    }

    public Tsn Tsn => new(BinaryPrimitives.ReadUInt32BigEndian(_body));

    public ushort StreamId => BinaryPrimitives.ReadUInt16BigEndian(_body[4..]);

    public ushort SequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(_body[6..]);

    public PayloadProtocol Protocol => (PayloadProtocol)BinaryPrimitives.ReadUInt32BigEndian(_body[8..]);

    public ReadOnlySpan<byte> Payload => _body[FixedLength..];

    public bool IsBegin => (_flags & ChunkFlags.Begin) != 0;

    public bool IsEnd => (_flags & ChunkFlags.End) != 0;

    public bool IsUnordered => (_flags & ChunkFlags.Unordered) != 0;

    public bool WantsImmediateSack => (_flags & ChunkFlags.Immediate) != 0;

    // A DATA chunk without a byte of user data is a protocol error.
    public static bool TryParse(ChunkView chunk, out DataView view)
    {
        view = new DataView(chunk.Body, chunk.Flags);
        return chunk.Body.Length > FixedLength;
    }
}

/// <summary>INIT and INIT ACK (RFC 9260 sections 3.3.2 and 3.3.3) with the parameters that matter here.</summary>
internal readonly ref struct InitView
{
    private readonly ReadOnlySpan<byte> _body;

    private InitView(ReadOnlySpan<byte> body) => _body = body;

    public uint InitiateTag => BinaryPrimitives.ReadUInt32BigEndian(_body);

    public uint ReceiverWindow => BinaryPrimitives.ReadUInt32BigEndian(_body[4..]);

    public ushort OutboundStreams => BinaryPrimitives.ReadUInt16BigEndian(_body[8..]);

    public ushort InboundStreams => BinaryPrimitives.ReadUInt16BigEndian(_body[10..]);

    public Tsn InitialTsn => new(BinaryPrimitives.ReadUInt32BigEndian(_body[12..]));

    public ReadOnlySpan<byte> Cookie { get; private init; }

    public bool SupportsForwardTsn { get; private init; }

    public bool SupportsReconfig { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> body, out InitView view)
    {
        view = default;
        if (body.Length < SctpSizes.InitBody)
        {
            return false;
        }

        ReadOnlySpan<byte> cookie = default;
        bool forwardTsn = false, reconfig = false;
        var parameters = new ParameterReader(body[SctpSizes.InitBody..]);
        while (parameters.TryRead(out ParameterType type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case ParameterType.StateCookie:
                    cookie = value;
                    break;
                case ParameterType.ForwardTsnSupported:
                    forwardTsn = true;
                    break;
                case ParameterType.SupportedExtensions:
                    forwardTsn |= value.Contains((byte)ChunkType.ForwardTsn);
                    reconfig |= value.Contains((byte)ChunkType.Reconfig);
                    break;
            }
        }

        view = new InitView(body) { Cookie = cookie, SupportsForwardTsn = forwardTsn, SupportsReconfig = reconfig };
        // Tag 0 and no streams are errors by section 3.3.2.
        return !parameters.IsMalformed && view.InitiateTag != 0 && view.OutboundStreams != 0 && view.InboundStreams != 0;
    }
}

/// <summary>SACK (RFC 9260 section 3.3.4). Its gap blocks are checked to ascend, so that one pass over them is enough.</summary>
internal readonly ref struct SackView
{
    private readonly ReadOnlySpan<byte> _body;

    private SackView(ReadOnlySpan<byte> body) => _body = body;

    public Tsn CumulativeTsn => new(BinaryPrimitives.ReadUInt32BigEndian(_body));

    public uint ReceiverWindow => BinaryPrimitives.ReadUInt32BigEndian(_body[4..]);

    public int GapCount => BinaryPrimitives.ReadUInt16BigEndian(_body[8..]);

    public int DuplicateCount => BinaryPrimitives.ReadUInt16BigEndian(_body[10..]);

    /// <summary>First and last received TSN of a block, as steps from <see cref="CumulativeTsn"/>.</summary>
    public (int First, int Last) Gap(int index)
    {
        ReadOnlySpan<byte> block = _body[(SctpSizes.SackBody + (index * 4))..];
        return (BinaryPrimitives.ReadUInt16BigEndian(block), BinaryPrimitives.ReadUInt16BigEndian(block[2..]));
    }

    public static bool TryParse(ReadOnlySpan<byte> body, out SackView view)
    {
        view = new SackView(body);
        if (body.Length < SctpSizes.SackBody ||
            body.Length < SctpSizes.SackBody + ((view.GapCount + view.DuplicateCount) * 4))
        {
            return false;
        }

        int last = 0;
        for (int i = 0; i < view.GapCount; i++)
        {
            (int first, int end) = view.Gap(i);
            if (first <= last || end < first)
            {
                return false;
            }

            last = end;
        }

        return true;
    }
}

/// <summary>FORWARD TSN (RFC 3758 section 3.2).</summary>
internal readonly ref struct ForwardTsnView
{
    private readonly ReadOnlySpan<byte> _body;

    private ForwardTsnView(ReadOnlySpan<byte> body) => _body = body;

    public Tsn NewCumulativeTsn => new(BinaryPrimitives.ReadUInt32BigEndian(_body));

    public int StreamCount => (_body.Length - 4) / 4;

    public (ushort StreamId, ushort SequenceNumber) Stream(int index) =>
        (BinaryPrimitives.ReadUInt16BigEndian(_body[(4 + (index * 4))..]), BinaryPrimitives
            .ReadUInt16BigEndian(_body[(6 + (index * 4))..]));

    public static bool TryParse(ReadOnlySpan<byte> body, out ForwardTsnView view)
    {
        view = new ForwardTsnView(body);
        return body.Length >= 4 && body.Length % 4 == 0;
    }
}

/// <summary>The Outgoing SSN Reset Request of RE-CONFIG (RFC 6525 section 4.1): the sender starts these streams anew.</summary>
internal readonly ref struct OutgoingResetView
{
    private const int FixedLength = 12;
    private readonly ReadOnlySpan<byte> _value;

    private OutgoingResetView(ReadOnlySpan<byte> value) => _value = value;

    public uint RequestNumber => BinaryPrimitives.ReadUInt32BigEndian(_value);

    public Tsn LastTsn => new(BinaryPrimitives.ReadUInt32BigEndian(_value[8..]));

    /// <summary>0 means every stream.</summary>
    public int StreamCount => (_value.Length - FixedLength) / 2;

    public ushort StreamId(int index) => BinaryPrimitives.ReadUInt16BigEndian(_value[(FixedLength + (index * 2))..]);

    public static bool TryParse(ReadOnlySpan<byte> value, out OutgoingResetView view)
    {
        view = new OutgoingResetView(value);
        return value.Length >= FixedLength && value.Length % 2 == 0;
    }
}
