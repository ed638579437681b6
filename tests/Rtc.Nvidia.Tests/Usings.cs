global using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// There is one card: its counters and its faults on order belong to one test at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
