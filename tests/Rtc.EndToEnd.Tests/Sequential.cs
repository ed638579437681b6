using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// A browser, a server and a codec each want a core: tests that share two would measure each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
