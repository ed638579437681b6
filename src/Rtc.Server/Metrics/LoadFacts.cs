namespace Rtc.Server.Metrics;

/// <summary>The last sample of the server's load.</summary>
public sealed record LoadFacts
{
    public static LoadFacts None { get; } = new();

    /// <summary>The highest of processor, loop lateness and memory, each by its limit; at 1 nobody new is let in.</summary>
    public double Load { get; init; }

    /// <summary>Share of the processors that the server may use, over ten seconds.</summary>
    public double Processor { get; init; }

    public double Cores { get; init; }

    public long MemoryUsed { get; init; }

    public long MemoryLimit { get; init; }

    public long PictureMemory { get; init; }

    public long PictureMemoryLimit { get; init; }

    /// <summary>Why nobody new is let in; null where they are.</summary>
    public string? Excess { get; init; }

    /// <summary>The same, of what keeps a member out of a room that is open.</summary>
    public string? MemberExcess { get; init; }

    /// <summary>The same where it is for memory.</summary>
    public string? MemoryExcess { get; init; }
}
