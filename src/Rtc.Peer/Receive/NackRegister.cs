namespace Rtc.Peer.Receive;

/// <summary>
/// The packets of one stream that are missing, when each was last asked for and how often. Sorted by
/// sequence number; bounded, and overflowing says "ask for a key frame instead".
/// </summary>
internal sealed class NackRegister
{
    public const int Capacity = 512;

    private const int MaxTries = 12;

    /// <summary>How long after a question it is said again, where questions get lost too.</summary>
    private static readonly TimeSpan s_echo = TimeSpan.FromMilliseconds(8);

    // A repeat sooner than this would mostly ask for what is already on its way.
    private static readonly TimeSpan s_shortestSpacing = TimeSpan.FromMilliseconds(15);

    private readonly Entry[] _entries = new Entry[Capacity];
    private int _count;

    public int Count => _count;

    /// <summary>When the next question is due; <see cref="Instant.Never"/> with nothing missing.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    public long Asked { get; private set; }

    /// <summary>
    /// Everything from <paramref name="from"/> up to but without <paramref name="until"/> is missing and will be asked
    /// for at <paramref name="askAt"/>. False when it is more than we keep: nothing was added then.
    /// </summary>
    public bool TryAddGap(long from, long until, Instant askAt)
    {
        if (until - from > Capacity - _count)
        {
            return false;
        }

        for (long sequence = from; sequence < until; sequence++)
        {
            _entries[_count++] = new Entry(sequence, askAt, default, 0, Echo: false);
        }

        Deadline = Instant.Min(Deadline, askAt);
        return true;
    }

    /// <summary>
    /// A packet came. True where it was missing; <paramref name="askedAt"/> is the time of the only question
    /// for it, or null where none or several were asked (no round trip can be told then: Karn's rule).
    /// </summary>
    public bool TryRemove(long sequence, out int tries, out Instant? askedAt)
    {
        int index = Find(sequence);
        tries = 0;
        askedAt = null;
        if (index >= _count || _entries[index].Sequence != sequence)
        {
            return false;
        }

        tries = _entries[index].Tries;
        askedAt = tries == 1 ? _entries[index].AskedAt : null;
        _entries.AsSpan(index + 1, _count - index - 1).CopyTo(_entries.AsSpan(index));
        _count--;
        if (_count == 0)
        {
            Deadline = Instant.Never;
        }

        return true;
    }

    public void RemoveBefore(long sequence)
    {
        int index = Find(sequence);
        if (index > 0)
        {
            _entries.AsSpan(index, _count - index).CopyTo(_entries);
            _count -= index;
        }

        if (_count == 0)
        {
            Deadline = Instant.Never;
        }
    }

    public void Clear() => RemoveBefore(long.MaxValue);

    /// <summary>
    /// Numbers to ask for now, ascending. A repeat waits a round trip (and a little longer each time, so
    /// that a slow path isn't flooded); after the last try the number stays quiet until its frame is given up. With
    /// <paramref name="twice"/>, where packets get lost however few are sent, each question is said a second time shortly
    /// after (a sender that heard the first one ignores it), and no repeat waits longer than the one before.
    /// </summary>
    public int TakeDue(Instant now, TimeSpan roundTrip, Span<ushort> due, bool twice = false)
    {
        TimeSpan spacing = roundTrip < s_shortestSpacing ? s_shortestSpacing : roundTrip;
        Instant next = Instant.Never;
        int taken = 0;
        for (int i = 0; i < _count; i++)
        {
            ref Entry entry = ref _entries[i];
            if (entry.NextAsk <= now && taken < due.Length)
            {
                due[taken++] = (ushort)entry.Sequence;
                int tries = entry.Echo ? entry.Tries : entry.Tries + 1;
                Instant askedAt = entry.Echo ? entry.AskedAt : now;
                bool echo = twice && !entry.Echo && spacing > 2 * s_echo;
                TimeSpan wait = twice ? spacing : spacing + (spacing * (Math.Min(tries, 8) / 8.0));
                Instant nextAsk = echo ? now + s_echo : tries >= MaxTries ? Instant.Never : askedAt + wait;
                entry = new Entry(entry.Sequence, nextAsk, askedAt, tries, echo);
            }

            next = Instant.Min(next, entry.NextAsk);
        }

        Deadline = next;
        Asked += taken;
        return taken;
    }

    private int Find(long sequence)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_entries[middle].Sequence < sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private readonly record struct Entry(long Sequence, Instant NextAsk, Instant AskedAt, int Tries, bool Echo);
}
