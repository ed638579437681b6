using System.Net;

namespace Rtc.Server.Network;

/// <summary>
/// The one UDP port of all clients' peers. Waiting, receiving and sending belong to the media loop's thread; only
/// <see cref="Wake"/> may be called from others.
/// </summary>
internal sealed class MediaSocket(IPAddress host, int port) : IDisposable
{
    private const int BufferBytes = 4 << 20;

    private readonly DatagramSocket _socket = new(host, port, BufferBytes);
    private readonly WakeSignal _wake = new();

    public IPAddress Bound => _socket.Bound;

    public int Port => _socket.Port;

    public bool HasIPv6 => _socket.HasIPv6;

    public bool HasMore => _socket.HasMore;

    public long SendFailures => _socket.SendFailures;

    /// <summary>
    /// True as soon as a datagram waits, false where none came in time or somebody wakes it. It ends too when one waits at a peer's own
    /// socket.
    /// </summary>
    public bool Wait(TimeSpan longest, List<PeerSlot>? own) => MicrosecondPoll.ForDatagram(_socket.Socket, _wake, longest, own);

    /// <summary>Ends the wait under way, or the next one. Never throws: whatever happens to our addresses, whoever posts goes on.</summary>
    public void Wake() => _wake.Set();

    public bool TryReceive(out ReadOnlySpan<byte> datagram, out TransportAddress from) => _socket.TryReceive(out datagram, out from);

    public void Send(ReadOnlySpan<byte> datagram, TransportAddress to) => _socket.Send(datagram, to);

    public void Dispose()
    {
        _socket.Dispose();
        _wake.Dispose();
    }
}
