using System.Diagnostics.CodeAnalysis;

namespace Rtc.Server.Network;

/// <summary>
/// When each peer wants to be called next, the soonest first. A peer that now wants to be called sooner is queued
/// once more and its older entry means nothing when its time comes: that is cheaper than to look for it. Belongs
/// to the media loop.
/// </summary>
internal sealed class PeerDeadlines
{
    private readonly PriorityQueue<PeerSlot, long> _queue = new();

    /// <summary>
    /// A deadline that moved later is left where it is: the peer is called early once and asked again. One that is over
    /// already is put off until <paramref name="soonest"/>: a peer that always wants to be called at once must not keep
    /// the loop from all others.
    /// </summary>
    public void Set(PeerSlot port, Instant deadline, Instant soonest = default)
    {
        deadline = deadline < soonest ? soonest : deadline;
        if (deadline < port.QueuedDeadline)
        {
            port.QueuedDeadline = deadline;
            _queue.Enqueue(port, deadline.Microseconds);
        }
    }

    /// <summary>A peer whose time has come. It has no deadline then until it is given one.</summary>
    public bool TryTakeDue(Instant now, [NotNullWhen(true)] out PeerSlot? due)
    {
        while (_queue.TryPeek(out due, out long at) && at <= now.Microseconds)
        {
            _queue.Dequeue();
            if (at == due.QueuedDeadline.Microseconds)
            {
                due.QueuedDeadline = Instant.Never;
                return true;
            }
        }

        due = null;
        return false;
    }

    /// <summary>How long nobody wants to be called; not more than is asked for.</summary>
    public TimeSpan Until(Instant now, TimeSpan longest)
    {
        if (!_queue.TryPeek(out _, out long at))
        {
            return longest;
        }

        TimeSpan left = new Instant(at) - now;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < longest ? left : longest;
    }

    public void Forget(PeerSlot port)
    {
        port.QueuedDeadline = Instant.Never;
        while (_queue.Remove(port, out _, out _))
        {
            // A deadline half a minute away would keep the peer's buffers until then; there may be several.
        }
    }
}
