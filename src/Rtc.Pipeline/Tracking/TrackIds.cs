namespace Rtc.Pipeline.Tracking;

/// <summary>Gives out a room's track ids, from 1 and never one twice, to the tracker and to whatever else follows things.</summary>
internal sealed class TrackIds
{
    private int _last;

    /// <summary>One that leaps further than this was not counted on from the room's.</summary>
    private const int MaxLeap = 1000;

    /// <summary>All ids up to this one were given out elsewhere.</summary>
    public void StartAfter(int id)
    {
        int last;
        while ((last = Volatile.Read(ref _last)) < id && Interlocked.CompareExchange(ref _last, id, last) != last)
        {
            // Another thread took one in between.
        }
    }

    public int Next() => Interlocked.Increment(ref _last);

    /// <summary>
    /// Takes an id that another tracker gave out; false where the room has used it, or it leads far away from the room's.
    /// </summary>
    public bool TryTake(int id)
    {
        int last = Volatile.Read(ref _last);
        return id > last && id - last <= MaxLeap && Interlocked.CompareExchange(ref _last, id, last) == last;
    }
}
