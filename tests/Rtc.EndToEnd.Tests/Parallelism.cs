using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// A browser, a server and a codec each want a core. What measures pictures, times, processor or memory is in a collection beside
// which nothing runs. Clients that code video run one at a time, and beside them what waits for answers and time-outs.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]

namespace Rtc.EndToEnd.Tests;

/// <summary>For classes whose clients are foreign programs that code video.</summary>
[CollectionDefinition(Name)]
public sealed class ForeignCollection
{
    public const string Name = "foreign";
}

/// <summary>For classes whose assertions are about time, processor, memory or lost packets.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
