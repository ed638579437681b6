namespace Rtc.Pipeline.Tracking;

/// <summary>Gives out a room's track ids, from 1 and never one twice, to the tracker and to whatever else follows things.</summary>
internal sealed class TrackIds
{
    private int _last;

    public int Next() => Interlocked.Increment(ref _last);
}
