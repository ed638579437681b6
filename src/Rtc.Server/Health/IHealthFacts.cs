using Rtc.Inference;

namespace Rtc.Server.Health;

/// <summary>What /api/health tells of the rooms and models; the rooms answer it, and so does a fake in tests.</summary>
public interface IHealthFacts
{
    /// <summary>Cheap, from any thread, at any time.</summary>
    HealthFacts Read();

    /// <summary>Why the process has to be started again; null while it works. As cheap as can be.</summary>
    string? NotLiveBecause => null;
}

/// <summary>The state of the running service at one moment.</summary>
public sealed record HealthFacts
{
    /// <summary>Media sockets bound and rooms taken.</summary>
    public required bool Ready { get; init; }

    /// <summary>ready, starting, overloaded or draining.</summary>
    public string Status => Ready ? "ready" : NotReadyStatus;

    public string NotReadyStatus { get; init; } = "starting";

    /// <summary>Why not, in words for an operator.</summary>
    public string? NotReadyBecause { get; init; }

    public required string Model { get; init; }

    public required string Provider { get; init; }

    /// <summary>Why this model and provider and not what was asked for; null where nothing was given up.</summary>
    public string? ProviderReason { get; init; }

    /// <summary>optimal, moderate, high or critical: the worst of all rooms.</summary>
    public required string Level { get; init; }

    public required int Rooms { get; init; }

    public required int Peers { get; init; }

    /// <summary>Rooms whose pipeline was given up.</summary>
    public int FailedRooms { get; init; }

    public IReadOnlyList<ModelInfo> Models { get; init; } = [];
}
