using Rtc.Peer.Rtp;

namespace Rtc.Peer.Congestion;

internal enum PacketFate : byte
{
    Free,
    InFlight,
    Lost,
    Acknowledged,
}

/// <summary>What was sent under one transport-wide number, until feedback tells its fate.</summary>
internal struct SentPacket
{
    public long Number;
    public Instant SentAt;
    public int Bytes;
    public int Probe;
    public PacketFate Fate;
}

/// <summary>A ring of the last packets sent, by transport-wide sequence number; gives the numbers out.</summary>
internal sealed class SentPackets
{
    // Two seconds of 5 Mbit/s: feedback comes much sooner. Made at the first packet, a camera's session sends none.
    private const int Size = 1024;

    private SentPacket[] _packets = [];
    private SentPacket _nothing;

    /// <summary>The next number; taken by <see cref="Add"/>.</summary>
    public long Next { get; private set; } = SequenceUnwrapper.FirstCycle + 1;

    public void Add(Instant now, int bytes, int probe)
    {
        if (_packets.Length == 0)
        {
            _packets = new SentPacket[Size];
        }

        _packets[Next % Size] = new SentPacket { Number = Next, SentAt = now, Bytes = bytes, Probe = probe, Fate = PacketFate.InFlight };
        Next++;
    }

    /// <summary>The packet that a feedback message means, or a reference to nothing where we know none.</summary>
    public ref SentPacket Find(ushort number, out bool found)
    {
        if (_packets.Length == 0)
        {
            found = false;
            return ref _nothing;
        }

        // The number nearest below the next one: feedback is always about the past.
        long sequence = Next - 1 - (ushort)((ushort)(Next - 1) - number);
        ref SentPacket packet = ref _packets[sequence % Size];
        found = packet.Fate != PacketFate.Free && packet.Number == sequence;
        return ref packet;
    }
}
