using Rtc.Peer.Srtp;

namespace Rtc.Peer;

/// <summary>What comes out: datagrams and events.</summary>
public sealed partial class WebRtcPeer
{
    private readonly byte[] _outgoing = new byte[DatagramQueue.MaxDatagramBytes];
    private long _datagramsSent;
    private long _bytesSent;
    private bool _endTold;
    private bool _farewell;
    private bool _byeTaken;

    /// <summary>The next datagram to send; call until false after each call that went in.</summary>
    public bool TryTakeDatagram(out OutgoingDatagram datagram)
    {
        if (!TryTakeNext(out datagram))
        {
            return false;
        }

        _datagramsSent++;
        _bytesSent += datagram.Data.Length;
        return true;
    }

    public bool TryTakeEvent(out PeerEvent happened)
    {
        if (_events.TryDequeue(out happened) || TryTakeMediaEvent(out happened) || _data.TryTakeEvent(_now, _closed, out happened))
        {
            return true;
        }

        if (_endReason is not null && !_endTold)
        {
            _endTold = true;
            happened = new PeerEvent { Kind = PeerEventKind.Closed, Reason = _endReason };
            return true;
        }

        return false;
    }

    private bool TryTakeNext(out OutgoingDatagram datagram)
    {
        if (!_closed)
        {
            return _transport.TryTake(out datagram) || _data.TryTake(_now, out datagram) || TryTakeMedia(out datagram);
        }

        datagram = default;
        if (!_farewell)
        {
            return false;
        }

        if (TryTakeMedia(out datagram) || _data.TryTake(_now, out datagram))
        {
            return true;
        }

        _transport.Close(); // close_notify goes last: nothing can be sent behind it
        return _transport.TryTake(out datagram);
    }

    private bool TryTakeMedia(out OutgoingDatagram datagram)
    {
        datagram = default;
        while (_transport.TryGetTarget(out TransportAddress to)
            && !_byeTaken
            && _rtp.TryTakePacket(
                _now, _outgoing.AsSpan(0, _outgoing.Length - SrtpSession.MaxOverhead), out int length, out bool isRtcp))
        {
            _byeTaken = _closed; // the compound with BYE comes first; media that still waits stays behind
            if (_transport.TryProtect(_outgoing, length, isRtcp, out int protectedLength))
            {
                datagram = new OutgoingDatagram(_outgoing.AsMemory(0, protectedLength), to);
                return true;
            }
        }

        return false;
    }
}
