using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;

namespace Rtc.Peer;

/// <summary>
/// Where a connection stands and what of it the shell was told: each call of <see cref="Update"/> compares what ICE and DTLS
/// say with that, and the difference becomes events. Owned by <see cref="WebRtcPeer"/>.
/// </summary>
internal sealed class PeerState(PeerTransport transport)
{
    private const int MaxEvents = 1024;

    private readonly Queue<PeerEvent> _events = new();
    private TransportAddress? _announcedAddress;
    private string? _endReason;
    private bool _endTold;
    private bool _disconnected;

    /// <summary>Keys were agreed on once; the path may be lost since.</summary>
    public bool HasConnected { get; private set; }

    public bool IsClosed { get; private set; }

    public bool IsConnected => HasConnected && !_disconnected && !IsClosed;

    /// <summary>This side closed what was connected, so that goodbyes are to be sent.</summary>
    public bool SaysGoodbye { get; private set; }

    /// <summary>True once: where the connection has just been made.</summary>
    public bool Update()
    {
        TellHeardAddresses();
        if (transport.HasDtls && transport.DtlsState is DtlsState.Failed or DtlsState.Closed)
        {
            End(transport.FailureReason ?? "the other side closed the connection");
            return false;
        }

        bool connected = !HasConnected && transport.IsSecure;
        if (connected)
        {
            HasConnected = true;
            _disconnected = false;
            Tell(new PeerEvent { Kind = PeerEventKind.Connected });
        }

        TellPath();
        return connected;
    }

    /// <summary>This side closes.</summary>
    public void Close()
    {
        SaysGoodbye = HasConnected;
        End("closed by this side");
    }

    /// <summary>The first reason stands; it is handed out behind everything that happened before.</summary>
    public void End(string reason)
    {
        if (!IsClosed)
        {
            _endReason = reason;
            IsClosed = true;
        }
    }

    /// <summary>Closed without an event.</summary>
    public void Abandon() => IsClosed = true;

    public bool TryTakeEvent(out PeerEvent happened) => _events.TryDequeue(out happened);

    /// <summary>The last event, once.</summary>
    public bool TryTakeEnd(out PeerEvent happened)
    {
        if (_endReason is null || _endTold)
        {
            happened = default;
            return false;
        }

        _endTold = true;
        happened = new PeerEvent { Kind = PeerEventKind.Closed, Reason = _endReason };
        return true;
    }

    private void TellHeardAddresses()
    {
        while (transport.Ice.TryTakeHeard(out HeardAddress heard))
        {
            Tell(
                new PeerEvent
                {
                    Kind = heard.IsAnswered ? PeerEventKind.AddressProven : PeerEventKind.AddressLearned,
                    Address = heard.Address,
                });
        }
    }

    private void TellPath()
    {
        IceAgent ice = transport.Ice;
        if (ice.State == IceState.Failed && !_disconnected)
        {
            _disconnected = true;
            string reason = HasConnected ? "consent was lost" : "no candidate pair works";
            Tell(new PeerEvent { Kind = PeerEventKind.Disconnected, Reason = reason });
        }
        else if (ice.State == IceState.Connected && _disconnected)
        {
            _disconnected = false;
            if (HasConnected)
            {
                Tell(new PeerEvent { Kind = PeerEventKind.Reconnected });
            }
        }

        if (ice.Selected is { } selected && selected != _announcedAddress)
        {
            _announcedAddress = selected;
            Tell(new PeerEvent { Kind = PeerEventKind.RemoteAddressChanged, Address = selected });
        }
    }

    /// <summary>A shell that stops taking events loses the newest, not the memory of the process.</summary>
    private void Tell(in PeerEvent happened)
    {
        if (_events.Count < MaxEvents)
        {
            _events.Enqueue(happened);
        }
    }
}
