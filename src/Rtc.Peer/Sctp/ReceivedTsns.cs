using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

internal enum TsnNovelty : byte
{
    New,
    Duplicate,
    OutOfRange,
}

/// <summary>
/// Which TSNs have arrived: the cumulative point, the islands above it, the duplicates. Writes SACKs (RFC 9260 section 6.2).
/// </summary>
internal sealed class ReceivedTsns(Tsn firstTsn)
{
    // How far above the cumulative point a TSN may lie; gap blocks count in 16 bits.
    private const int Span = 32768;

    // Islands kept. A packet that would open one more is dropped, and sent again by its owner.
    private const int MaxIslands = 256;
    private const int MaxDuplicates = 16;

    private readonly List<(Tsn First, Tsn Last)> _islands = [];
    private readonly uint[] _duplicates = new uint[MaxDuplicates];
    private int _duplicateCount;

    public Tsn Cumulative { get; private set; } = firstTsn.Previous;

    public Tsn Highest => _islands.Count > 0 ? _islands[^1].Last : Cumulative;

    public bool HasGaps => _islands.Count > 0;

    public TsnNovelty Add(Tsn tsn)
    {
        int step = tsn - Cumulative;
        if (step <= 0)
        {
            return Duplicate(tsn);
        }

        if (step > Span)
        {
            return TsnNovelty.OutOfRange;
        }

        if (step == 1 && _islands.Count == 0)
        {
            Cumulative = tsn;
            return TsnNovelty.New;
        }

        // From the end: what arrives is mostly the newest.
        int at = _islands.Count;
        while (at > 0 && _islands[at - 1].First > tsn)
        {
            at--;
        }

        if (at > 0 && _islands[at - 1].Last >= tsn)
        {
            return Duplicate(tsn);
        }

        bool joinsLeft = at > 0 && _islands[at - 1].Last.Next == tsn;
        bool joinsRight = at < _islands.Count && _islands[at].First == tsn.Next;
        if (joinsLeft && joinsRight)
        {
            _islands[at - 1] = (_islands[at - 1].First, _islands[at].Last);
            _islands.RemoveAt(at);
        }
        else if (joinsLeft)
        {
            _islands[at - 1] = (_islands[at - 1].First, tsn);
        }
        else if (joinsRight)
        {
            _islands[at] = (tsn, _islands[at].Last);
        }
        else if (_islands.Count < MaxIslands || step == 1)
        {
            _islands.Insert(at, (tsn, tsn));
        }
        else
        {
            return TsnNovelty.OutOfRange;
        }

        Absorb();
        return TsnNovelty.New;
    }

    /// <summary>The sender gave up everything up to here (RFC 3758 section 3.6).</summary>
    public void SkipTo(Tsn cumulative)
    {
        Cumulative = cumulative;
        while (_islands.Count > 0 && _islands[0].First <= cumulative)
        {
            Cumulative = _islands[0].Last > Cumulative ? _islands[0].Last : Cumulative;
            _islands.RemoveAt(0);
        }

        Absorb();
    }

    /// <summary>A SACK chunk with as many gap blocks as fit. The duplicates are told once.</summary>
    public void WriteSack(ref SctpPacketWriter packet, uint window)
    {
        int room = (packet.Room - SctpSizes.ChunkHeader - SctpSizes.SackBody) / 4;
        int gaps = Math.Min(_islands.Count, room);
        int duplicates = Math.Min(_duplicateCount, room - gaps);
        Span<byte> body = packet.Chunk(ChunkType.Sack, 0, SctpSizes.SackBody + ((gaps + duplicates) * 4));
        BinaryPrimitives.WriteUInt32BigEndian(body, Cumulative.Value);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], window);
        BinaryPrimitives.WriteUInt16BigEndian(body[8..], (ushort)gaps);
        BinaryPrimitives.WriteUInt16BigEndian(body[10..], (ushort)duplicates);
        body = body[SctpSizes.SackBody..];
        for (int i = 0; i < gaps; i++, body = body[4..])
        {
            BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)(_islands[i].First - Cumulative));
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)(_islands[i].Last - Cumulative));
        }

        for (int i = 0; i < duplicates; i++, body = body[4..])
        {
            BinaryPrimitives.WriteUInt32BigEndian(body, _duplicates[i]);
        }

        _duplicateCount = 0;
    }

    private TsnNovelty Duplicate(Tsn tsn)
    {
        if (_duplicateCount < MaxDuplicates)
        {
            _duplicates[_duplicateCount++] = tsn.Value;
        }

        return TsnNovelty.Duplicate;
    }

    private void Absorb()
    {
        while (_islands.Count > 0 && _islands[0].First == Cumulative.Next)
        {
            Cumulative = _islands[0].Last;
            _islands.RemoveAt(0);
        }
    }
}
