namespace Rtc.Peer.Congestion;

/// <summary>How two neighbouring groups of packets lay apart when sent and when they came.</summary>
internal readonly record struct GroupDelta(double SentMilliseconds, double ArrivedMilliseconds, double AtMilliseconds);

/// <summary>
/// Joins packets that were sent within a burst to groups (draft-ietf-rmcat-gcc-02 section 5.2): the pacer
/// sends several at once, and their own spacing says nothing about the path.
/// </summary>
internal sealed class ArrivalGroups
{
    private const long BurstMicroseconds = 5_000;
    private const long MaxBurstMicroseconds = 100_000;

    // The receiver's clock jumped, or its route changed: start anew.
    private const long JumpMicroseconds = 3_000_000;

    private Group _current;
    private Group _before;
    private int _groups;

    public void Reset() => _groups = 0;

    /// <summary>True where this packet begins a new group and the two before it can be compared.</summary>
    public bool Add(long sent, long arrived, out GroupDelta delta)
    {
        delta = default;
        if (_groups == 0)
        {
            _current = new Group(sent, sent, arrived, arrived);
            _groups = 1;
            return false;
        }

        if (sent < _current.FirstSent)
        {
            return false; // reordered into an earlier group
        }

        if (Belongs(sent, arrived))
        {
            _current =
                _current with { LastSent = Math.Max(sent, _current.LastSent), LastArrived = Math.Max(arrived, _current.LastArrived) };
            return false;
        }

        bool complete = false;
        if (_groups > 1)
        {
            long apartSent = _current.LastSent - _before.LastSent;
            long apartArrived = _current.LastArrived - _before.LastArrived;
            if (Math.Abs(apartArrived - apartSent) > JumpMicroseconds)
            {
                Reset();
                return false;
            }

            if (apartArrived >= 0)
            {
                delta = new GroupDelta(apartSent / 1000.0, apartArrived / 1000.0, _current.LastArrived / 1000.0);
                complete = true;
            }
        }

        _before = _current;
        _current = new Group(sent, sent, arrived, arrived);
        _groups = 2;
        return complete;
    }

    private bool Belongs(long sent, long arrived)
    {
        if (sent - _current.FirstSent <= BurstMicroseconds)
        {
            return true;
        }

        // Held up somewhere and let go together: one burst on arrival, whatever their times of sending.
        long apartArrived = arrived - _current.LastArrived;
        long queueing = apartArrived - (sent - _current.LastSent);
        return queueing < 0 && apartArrived <= BurstMicroseconds && arrived - _current.FirstArrived < MaxBurstMicroseconds;
    }

    private readonly record struct Group(long FirstSent, long LastSent, long FirstArrived, long LastArrived);
}
