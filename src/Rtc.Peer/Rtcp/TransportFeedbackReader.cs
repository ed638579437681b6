using System.Buffers.Binary;

namespace Rtc.Peer.Rtcp;

/// <summary>
/// A transport-wide feedback message (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1):
/// for each transport sequence number from the base on, whether it came and when by the receiver's clock.
/// <see cref="TryParse"/> walks all chunks once, so that reading afterwards can't run out of bytes.
/// </summary>
internal ref struct TransportFeedbackReader
{
    public const int HeaderLength = 8;
    public const int TickMicroseconds = 250;
    public const int ReferenceMicroseconds = 64_000;

    private const int NotReceived = 0;
    private const int SmallDelta = 1;
    private const int LargeDelta = 2;

    // Reserved in the draft's table, "received, without a delta" in its examples.
    private const int NoDelta = 3;

    /// <summary>The packet came, at a time that is not told.</summary>
    public const long UnknownTime = long.MinValue;

    private ReadOnlySpan<byte> _chunks;
    private ReadOnlySpan<byte> _deltas;
    private ushort _sequence;
    private int _left;
    private ushort _chunk;
    private int _chunkLeft;
    private long _time;

    public ushort BaseSequence { get; private init; }

    public int StatusCount { get; private init; }

    /// <summary>24 bits, signed, counted in 64 ms.</summary>
    public int ReferenceTime { get; private init; }

    public byte FeedbackCount { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> information, out TransportFeedbackReader reader)
    {
        reader = default;
        if (information.Length < HeaderLength)
        {
            return false;
        }

        int count = BinaryPrimitives.ReadUInt16BigEndian(information[2..]);
        int reference = (BinaryPrimitives.ReadInt32BigEndian(information[4..]) >> 8) << 8 >> 8;
        ReadOnlySpan<byte> rest = information[HeaderLength..];
        if (!TryMeasure(rest, count, out int chunkBytes, out int deltaBytes) || chunkBytes + deltaBytes > rest.Length)
        {
            return false;
        }

        reader = new TransportFeedbackReader
        {
            BaseSequence = BinaryPrimitives.ReadUInt16BigEndian(information),
            StatusCount = count,
            ReferenceTime = reference,
            FeedbackCount = information[7],
            _chunks = rest[..chunkBytes],
            _deltas = rest[chunkBytes..],
            _sequence = BinaryPrimitives.ReadUInt16BigEndian(information),
            _left = count,
            _time = (long)reference * ReferenceMicroseconds,
        };
        return true;
    }

    /// <summary>The arrival is in microseconds of the receiver's clock, modulo its 24-bit reference.</summary>
    public bool TryRead(out ushort sequence, out bool received, out long arrivalMicroseconds)
    {
        sequence = _sequence;
        received = false;
        arrivalMicroseconds = 0;
        if (_left == 0)
        {
            return false;
        }

        if (_chunkLeft == 0)
        {
            _chunk = BinaryPrimitives.ReadUInt16BigEndian(_chunks);
            _chunks = _chunks[2..];
            _chunkLeft = Length(_chunk);
        }

        int symbol = Symbol(_chunk, Length(_chunk) - _chunkLeft);
        switch (symbol)
        {
            case SmallDelta:
                _time += _deltas[0] * TickMicroseconds;
                _deltas = _deltas[1..];
                received = true;
                break;
            case LargeDelta:
                _time += BinaryPrimitives.ReadInt16BigEndian(_deltas) * TickMicroseconds;
                _deltas = _deltas[2..];
                received = true;
                break;
            case NoDelta:
                received = true;
                break;
            default:
                break;
        }

        arrivalMicroseconds = symbol == NoDelta ? UnknownTime : _time;
        _chunkLeft--;
        _left--;
        _sequence++;
        return true;
    }

    /// <summary>How many bytes the chunks of so many statuses take, and how many the deltas that they announce.</summary>
    private static bool TryMeasure(ReadOnlySpan<byte> chunks, int count, out int chunkBytes, out int deltaBytes)
    {
        (chunkBytes, deltaBytes) = (0, 0);
        for (int statuses = 0; statuses < count;)
        {
            if (chunkBytes + 2 > chunks.Length)
            {
                return false;
            }

            ushort chunk = BinaryPrimitives.ReadUInt16BigEndian(chunks[chunkBytes..]);
            chunkBytes += 2;
            int inChunk = Math.Min(Length(chunk), count - statuses);
            if (inChunk == 0)
            {
                return false; // an empty run would make no progress
            }

            deltaBytes += DeltaBytes(chunk, inChunk);
            statuses += inChunk;
        }

        return true;
    }

    private static int DeltaBytes(ushort chunk, int statuses)
    {
        if ((chunk & 0x8000) == 0)
        {
            return statuses * DeltaLength(Symbol(chunk, 0));
        }

        int bytes = 0;
        for (int i = 0; i < statuses; i++)
        {
            bytes += DeltaLength(Symbol(chunk, i));
        }

        return bytes;
    }

    private static int Length(ushort chunk) => (chunk & 0xC000) switch
    {
        0x8000 => 14,
        0xC000 => 7,
        _ => chunk & 0x1FFF,
    };

    private static int Symbol(ushort chunk, int index) => (chunk & 0xC000) switch
    {
        0x8000 => (chunk >> (13 - index)) & 1,
        0xC000 => (chunk >> (12 - (index * 2))) & 3,
        _ => (chunk >> 13) & 3,
    };

    private static int DeltaLength(int symbol) => symbol switch
    {
        SmallDelta => 1,
        LargeDelta => 2,
        _ => NotReceived,
    };
}
