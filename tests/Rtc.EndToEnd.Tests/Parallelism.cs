using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// Tests that wait for a time-out or for a foreign program run two at a time. A browser, a server and a codec each want a core:
// what measures pictures, times, processor or memory is in a collection beside which nothing runs.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]

namespace Rtc.EndToEnd.Tests;

/// <summary>For classes whose assertions are about time, processor, memory or lost packets.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
