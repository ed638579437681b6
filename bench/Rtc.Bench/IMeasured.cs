namespace Rtc.Bench;

/// <summary>What one user of a run measured: a phone that sends to a server, or one that detects for itself.</summary>
internal interface IMeasured
{
    /// <summary>Capture to returned picture, ms.</summary>
    Samples Latency { get; }

    /// <summary>Capture to result, ms.</summary>
    Samples ResultLatency { get; }

    Samples Gaps { get; }

    Samples ServerMs { get; }

    Samples InferenceMs { get; }

    Samples QueueMs { get; }

    long Sent { get; }

    long Returned { get; }

    long Unreadable { get; }

    long Results { get; }

    int Freezes { get; }

    IReadOnlyDictionary<string, long> Levels { get; }

    string? Model { get; }

    string? Provider { get; }
}
