namespace Rtc.Peer;

/// <summary>A datagram for the shell to send. Its memory belongs to the peer and lasts until the next call into it.</summary>
public readonly struct OutgoingDatagram(ReadOnlyMemory<byte> data, TransportAddress to)
{
    public ReadOnlyMemory<byte> Data { get; } = data;

    public TransportAddress To { get; } = to;
}
