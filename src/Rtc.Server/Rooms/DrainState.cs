namespace Rtc.Server.Rooms;

/// <summary>Whether the server is on its way out: it is not ready any more and opens no room.</summary>
internal sealed class DrainState
{
    private int _draining;

    public bool IsDraining => Volatile.Read(ref _draining) == 1;

    /// <summary>False where it drains already.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _draining, 1) == 0;
}
