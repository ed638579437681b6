global using Xunit;

// There is one card: its counters and its faults on order belong to one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
