namespace Rtc.Bench;

/// <summary>
/// What one user of a run measured: a phone that sends to a server, or one that detects for itself. That user alone writes it.
/// </summary>
internal sealed class UserMeasurements
{
    private const double FreezeMs = 300;

    private readonly Dictionary<string, long> _levels = [];

    /// <summary>Capture to returned picture, ms.</summary>
    public Samples Latency { get; init; } = new();

    /// <summary>Capture to result, ms.</summary>
    public Samples ResultLatency { get; init; } = new();

    /// <summary>From one returned picture to the next, ms.</summary>
    public Samples Gaps { get; } = new();

    public Samples ServerMs { get; } = new();

    public Samples InferenceMs { get; } = new();

    public Samples QueueMs { get; } = new();

    public long Sent { get; set; }

    public long Returned { get; set; }

    public long Unreadable { get; set; }

    public long Results { get; set; }

    /// <summary>Gaps that a viewer takes for a standstill.</summary>
    public int Freezes { get; set; }

    /// <summary>Results by the load level that the server said it was at.</summary>
    public IReadOnlyDictionary<string, long> Levels => _levels;

    public string? Model { get; set; }

    public string? Provider { get; set; }

    public void AddGap(double ms)
    {
        Gaps.Add(ms);
        Freezes += ms > FreezeMs ? 1 : 0;
    }

    public void AddLevel(string level) => _levels[level] = _levels.GetValueOrDefault(level) + 1;
}
