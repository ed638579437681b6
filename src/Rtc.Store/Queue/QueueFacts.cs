namespace Rtc.Store.Queue;

/// <summary>The queue at one moment, for metrics.</summary>
public sealed record QueueFacts(long Queued, long Processing, double OldestSeconds);
