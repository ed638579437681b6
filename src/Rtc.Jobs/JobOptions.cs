namespace Rtc.Jobs;

/// <summary>How many jobs a program works on at once, and how long it holds on to one.</summary>
public sealed record JobOptions
{
    public int Workers { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>After so long without a sign of its worker a job is another's. Renewed three times as often.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A look at the queue without having been told.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time at work, pauses left out.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Attempts in a row that may end without getting further.</summary>
    public int MaxFailures { get; init; } = 5;

    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a job waits with its results for a database that is gone.</summary>
    public TimeSpan StorePatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a job is tried again while the place of the files is away, which is no failure of its own.</summary>
    public TimeSpan FilesPatience { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How often a running job tells how far it is.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Twice as long each time; a little less for some, so that many that failed together do not return together.</summary>
    internal TimeSpan DelayAfter(int failures, double random)
    {
        double seconds = Math.Min(MaxDelay.TotalSeconds, FirstDelay.TotalSeconds * Math.Pow(2, Math.Clamp(failures, 0, 30)));
        return TimeSpan.FromSeconds(seconds * (1 - (0.25 * random)));
    }
}
