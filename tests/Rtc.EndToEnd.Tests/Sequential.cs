using Xunit;

// A browser, a server and a codec each want a core: tests that share two would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
