using System.Net;
using System.Net.Sockets;
using System.Text;
using Rtc.Peer;
using Rtc.Peer.Primitives;
using Rtc.Peer.Stun;

namespace Rtc.Client.Media;

/// <summary>The loop: wait for a datagram or a deadline, hand it to its peer, then take what all peers have to tell and to send.</summary>
public sealed partial class UdpPeers
{
    private void Loop()
    {
        while (!_stopping || _peers.Count > 0)
        {
            Instant now = Now;
            Instant next = now + s_maxWait;
            _peers.ForEach(entry => next = Instant.Min(next, entry.Peer.NextDeadline));
            if (_socket.Poll(next > now ? next - now : TimeSpan.Zero, SelectMode.SelectRead))
            {
                Receive();
            }

            while (_work.TryDequeue(out Action<Instant>? work))
            {
                work(Now);
                Drain();
            }

            foreach ((WebRtcPeer peer, _) in _peers)
            {
                if (_stopping)
                {
                    peer.Close(Now);
                }
                else if (peer.NextDeadline <= Now)
                {
                    peer.Advance(Now);
                }
            }

            Drain();
        }
    }

    private void Receive()
    {
        EndPoint sender = _self;
        int length;
        try
        {
            length = _socket.ReceiveFrom(_datagram, ref sender);
        }
        catch (SocketException)
        {
            return; // longer than any of ours, or on Windows an ICMP error
        }

        var at = (IPEndPoint)sender;
        TransportAddress from = TransportAddress.From(at.Address, at.Port);
        ReadOnlySpan<byte> datagram = _datagram.AsSpan(0, length);

        // A connectivity check names its peer; everything else belongs to the peer that its address leads to.
        WebRtcPeer? peer = StunUsername.TryGetLocalUfrag(datagram, out ReadOnlySpan<byte> ufrag)
            ? Find(Encoding.ASCII.GetString(ufrag))
            : _routes.GetValueOrDefault(from);
        peer?.Receive(Now, datagram, from);
        Drain();
    }

    private WebRtcPeer? Find(string ufrag) => _peers.Find(entry => entry.Peer.LocalUfrag == ufrag).Peer;

    /// <summary>Until nobody has anything more: what one peer tells may make another one send.</summary>
    private void Drain()
    {
        for (bool again = true; again;)
        {
            again = false;
            for (int i = _peers.Count - 1; i >= 0; i--)
            {
                again |= Drain(_peers[i].Peer, _peers[i].Listener);
            }
        }
    }

    private bool Drain(WebRtcPeer peer, Listener listener)
    {
        bool told = false;
        while (peer.TryTakeEvent(out PeerEvent happened))
        {
            told = true;
            Route(peer, happened);
            listener(peer, happened, Now);
        }

        while (peer.TryTakeDatagram(out OutgoingDatagram datagram))
        {
            _routes.TryAdd(datagram.To, peer); // the answer to a check of ours comes from there
            Send(datagram);
        }

        if (peer.IsClosed && !told)
        {
            Remove(peer);
        }

        return told;
    }

    private void Route(WebRtcPeer peer, PeerEvent happened)
    {
        switch (happened.Kind)
        {
            case PeerEventKind.AddressLearned:
                _routes.TryAdd(happened.Address, peer);
                break;
            case PeerEventKind.AddressProven:
                _routes[happened.Address] = peer;
                break;
            case PeerEventKind.Disconnected:
                peer.Close(Now); // without ICE restarts there is no way back
                break;
        }
    }

    private void Send(OutgoingDatagram datagram)
    {
        try
        {
            _socket.SendTo(datagram.Data.Span, Reachable(datagram.To.ToIPAddress(), datagram.To.Port));
        }
        catch (SocketException)
        {
            // No route to there, or a full buffer: a lost datagram like any other.
        }
    }

    private void Remove(WebRtcPeer peer)
    {
        _peers.RemoveAll(entry => entry.Peer == peer);
        foreach (TransportAddress address in _routes.Where(route => route.Value == peer).Select(route => route.Key).ToList())
        {
            _routes.Remove(address);
        }

        peer.Dispose();
    }
}
