using Rtc.Peer;

namespace Rtc.Server.Network;

/// <summary>Sends one datagram on its way; a lost one is the peer's to notice.</summary>
internal delegate void DatagramSender(ReadOnlySpan<byte> datagram, TransportAddress to);

/// <summary>
/// Every peer that is plugged in. Gives each its datagrams and its time, sends what it has to say, tells its owner what
/// happened, and closes alone one that throws. It has no thread: the media loop calls it. Whatever an owner asks of a
/// peer while it hears of an event only marks that peer: to take the next event inside of this one would let that overtake it.
/// </summary>
internal sealed partial class PeerSlots(MediaClock clock, DatagramSender send, ILogger log)
{
    // What a pacer or a probe spreads packets by is longer.
    private static readonly TimeSpan s_minWait = TimeSpan.FromMicroseconds(100);

    private readonly PeerRoutes _routes = new();
    private readonly PeerDeadlines _deadlines = new();
    private readonly List<PeerSlot> _all = [];
    private readonly List<PeerSlot> _marked = [];

    public IReadOnlyList<PeerSlot> All => _all;

    /// <summary>Datagrams that belong to no peer.</summary>
    public long Unclaimed { get; private set; }

    public PeerSlot Add(WebRtcPeer peer, IPeerOwner owner, DatagramSocket? socket = null)
    {
        var port = new PeerSlot(peer, owner, socket);
        _all.Add(port);
        LearnUfrag(port);
        return port;
    }

    /// <summary>To be called after anything was asked of a peer: <see cref="DrainMarked"/> sends what it has to send.</summary>
    public void Flush(PeerSlot port)
    {
        if (!port.IsMarked && !port.IsRemoved)
        {
            port.IsMarked = true;
            _marked.Add(port);
        }
    }

    /// <summary>
    /// Asks something of a peer and marks it. False where the peer is gone or throws: it is closed for that with this round,
    /// and neither the caller nor the peer whose event the caller is at work on.
    /// </summary>
    public bool Call<T>(PeerSlot port, T argument, Func<WebRtcPeer, Instant, T, bool> call)
    {
        if (port.IsRemoved || port.Error is not null)
        {
            return false;
        }

        Flush(port);
        try
        {
            return call(port.Peer, clock.Now, argument);
        }
        catch (Exception error)
        {
            port.Error = error;
            return false;
        }
    }

    /// <summary>
    /// Sends what marked peers have to send, and what peers have that are marked by what those tell. Never called from within an event.
    /// </summary>
    public void DrainMarked()
    {
        for (int i = 0; i < _marked.Count; i++)
        {
            PeerSlot port = _marked[i];
            port.IsMarked = false;
            DrainMarked(port);
        }

        _marked.Clear();
    }

    private void DrainMarked(PeerSlot port)
    {
        if (port.IsRemoved)
        {
            return;
        }

        if (port.Error is { } thrown)
        {
            CloseAfterError(port, thrown);
            return;
        }

        try
        {
            LearnUfrag(port);
            Drain(port);
        }
        catch (Exception error)
        {
            CloseAfterError(port, error);
        }
    }

    /// <summary>Takes the peer off the loop and disposes it. Its last words are sent first.</summary>
    public void Remove(PeerSlot port)
    {
        if (port.IsRemoved)
        {
            return;
        }

        try
        {
            port.Peer.Close(clock.Now);
            SendAll(port);
        }
        catch (Exception error)
        {
            // A peer that is closed for an error may meet it here too; it then goes without a goodbye.
            LogPeerError(log, error);
        }

        Abandon(port);
    }

    /// <summary>Takes the peer off the loop and disposes it without a word, as one that lost its network.</summary>
    public void Abandon(PeerSlot port)
    {
        port.IsRemoved = true;
        _all.Remove(port);
        _deadlines.Forget(port);
        _routes.Forget(port);
        port.Peer.Dispose();
        port.Socket?.Dispose();
    }

    /// <summary>Nothing comes from this address any more.</summary>
    public void CloseAddress(TransportAddress address)
    {
        if (_routes.Forget(address) is not { } port)
        {
            return;
        }

        try
        {
            port.Peer.RemoveAddress(clock.Now, address);
            Drain(port);
        }
        catch (Exception error)
        {
            CloseAfterError(port, error);
        }
    }

    /// <summary>How long nobody needs <see cref="AdvanceDue"/> or <see cref="DrainMarked"/>; not more than is asked for.</summary>
    public TimeSpan UntilDue(TimeSpan longest) => _marked.Count > 0 ? TimeSpan.Zero : _deadlines.Until(clock.Now, longest);

    public void Receive(ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        if (_routes.Find(datagram, from) is not { } port)
        {
            Unclaimed++;
            return;
        }

        Receive(port, datagram, from);
    }

    /// <summary>A datagram that came to the peer's own port, or is known to be its.</summary>
    public void Receive(PeerSlot port, ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        try
        {
            port.Peer.Receive(clock.Now, datagram, from);
            Drain(port);
        }
        catch (Exception error)
        {
            CloseAfterError(port, error);
        }
    }

    public void AdvanceDue()
    {
        Instant now = clock.Now;
        while (_deadlines.TryTakeDue(now, out PeerSlot? port))
        {
            try
            {
                port.Peer.Advance(now);
                Drain(port);
            }
            catch (Exception error)
            {
                CloseAfterError(port, error);
            }
        }
    }

    /// <summary>What a peer has after every call: datagrams, events for its owner, and when it wants to be called next.</summary>
    private void Drain(PeerSlot port)
    {
        if (port.IsRemoved)
        {
            return;
        }

        SendAll(port);
        while (!port.IsRemoved && port.Peer.TryTakeEvent(out PeerEvent happened))
        {
            if (happened.Kind is PeerEventKind.AddressLearned or PeerEventKind.AddressProven && port.Socket is null)
            {
                _routes.LearnAddress(port, happened.Address, isProven: happened.Kind == PeerEventKind.AddressProven);
            }

            port.Owner.OnEvent(port, ref happened);
        }

        if (port.IsRemoved)
        {
            return;
        }

        SendAll(port);
        _deadlines.Set(port, port.Peer.NextDeadline, clock.Now + s_minWait);
    }

    private void SendAll(PeerSlot port)
    {
        while (port.Peer.TryTakeDatagram(out OutgoingDatagram datagram))
        {
            if (port.Socket is { } own)
            {
                Send(own, datagram);
            }
            else
            {
                send(datagram.Data.Span, datagram.To);
            }
        }
    }

    private static void Send(DatagramSocket own, in OutgoingDatagram datagram)
    {
        if (datagram.To.Protocol == TransportProtocol.Udp)
        {
            own.Send(datagram.Data.Span, datagram.To);
        }
    }

    /// <summary>A peer with a port of its own is found by that.</summary>
    private void LearnUfrag(PeerSlot port)
    {
        if (port.Socket is null)
        {
            _routes.LearnUfrag(port, port.Peer.LocalUfrag);
        }
    }

    private void CloseAfterError(PeerSlot port, Exception error)
    {
        LogPeerError(log, error);
        var closed = new PeerEvent { Kind = PeerEventKind.Closed, Reason = "internal error" };
        try
        {
            port.Owner.OnEvent(port, ref closed);
        }
        catch (Exception another)
        {
            // The error may be the owner's.
            LogPeerError(log, another);
        }

        Remove(port);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A peer broke an invariant and is closed")]
    private static partial void LogPeerError(ILogger log, Exception error);
}
