using Rtc.Peer.Ice;
using Rtc.Peer.Stun;

namespace Rtc.Peer;

/// <summary>
/// Asks a STUN server under which address it sees the shell's socket (RFC 8489 section 6.2.1). One for the whole process:
/// all peers share the socket. The shell hands in the time and what comes from the server's address.
/// </summary>
public sealed class ReflexiveAddressQuery
{
    private const int MostAttempts = 7;

    private static readonly TimeSpan s_firstTimeout = TimeSpan.FromMilliseconds(500);

    // Well below the shortest time that common NATs keep a binding; asking again also keeps it open.
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(25);

    private readonly PeerRandom _random;
    private readonly byte[] _request = new byte[StunView.LargestMessage];
    private TransactionId _transaction;
    private int _attempts;
    private TimeSpan _timeout;
    private bool _pending;

    public ReflexiveAddressQuery(TransportAddress server, ulong seed, Instant now)
    {
        Server = server;
        _random = new PeerRandom(seed);
        NextDeadline = now;
    }

    public TransportAddress Server { get; }

    /// <summary>Null until the server answered.</summary>
    public TransportAddress? Address { get; private set; }

    /// <summary>The server answered none of the last round's requests.</summary>
    public bool IsSilent { get; private set; }

    public Instant NextDeadline { get; private set; }

    public void Advance(Instant now)
    {
        if (now < NextDeadline)
        {
            return;
        }

        if (_attempts == 0)
        {
            _transaction = new TransactionId(_random.NextUInt32(), _random.NextUInt64());
            _timeout = s_firstTimeout;
        }
        else if (_attempts == MostAttempts)
        {
            IsSilent = true;
            _attempts = 0;
            NextDeadline = now + s_refresh;
            return;
        }

        _attempts++;
        _pending = true;
        NextDeadline = now + _timeout;
        _timeout *= 2;
    }

    public bool TryTakeDatagram(out OutgoingDatagram datagram)
    {
        datagram = default;
        if (!_pending)
        {
            return false;
        }

        _pending = false;
        var request = new StunWriter(_request, StunMessageType.BindingRequest, _transaction);
        datagram = new OutgoingDatagram(_request.AsMemory(0, request.Finish(default)), Server);
        return true;
    }

    /// <summary>True when the datagram was the answer that was waited for.</summary>
    public bool Receive(Instant now, ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        if (from != Server || _attempts == 0
            || !StunView.TryParse(datagram, out StunView message)
            || message.Type != StunMessageType.BindingSuccess
            || message.Transaction != _transaction
            || (message.HasFingerprint && !message.VerifyFingerprint())
            || !message.TryGetMappedAddress(Server.Protocol, out TransportAddress address))
        {
            return false;
        }

        Address = address;
        IsSilent = false;
        _attempts = 0;
        NextDeadline = now + s_refresh;
        return true;
    }
}
