namespace Rtc.Signaling.Hub;

/// <summary>How many jobs one connection follows: each is a question to the database four times a second.</summary>
internal sealed class JobFollows
{
    private const int Max = 16;

    private int _count;

    public static Refusal TooMany { get; } = new("too_many_jobs", $"A connection follows {Max} jobs at most.", 429);

    public bool HasAny => Volatile.Read(ref _count) > 0;

    public bool TryBegin()
    {
        if (Interlocked.Increment(ref _count) <= Max)
        {
            return true;
        }

        End();
        return false;
    }

    public void End() => Interlocked.Decrement(ref _count);
}
