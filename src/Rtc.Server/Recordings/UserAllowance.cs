namespace Rtc.Server.Recordings;

/// <summary>How many bytes a user's recordings may take together: what is left of the quota. For any thread.</summary>
internal sealed class UserAllowance(long left)
{
    private long _left = left;

    /// <summary>Read anew from the store.</summary>
    public void Reset(long left) => Interlocked.Exchange(ref _left, left);

    public bool TryTake(int bytes) => Interlocked.Add(ref _left, -bytes) >= 0;
}
