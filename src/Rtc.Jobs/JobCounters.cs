using System.Diagnostics.Metrics;

namespace Rtc.Jobs;

/// <summary>What this program's workers have done, as instruments; whoever collects the meter has them.</summary>
public sealed class JobCounters
{
    /// <summary>From a NOTIFY that arrives at once to a queue of half an hour.</summary>
    private static readonly double[] s_waits =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

    private readonly Counter<long> _ended;
    private readonly Histogram<double> _waits;

    public JobCounters(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _ended = meter.CreateCounter<long>("rtc.jobs.attempts", null, "Attempts at jobs that have ended, by how");
        _waits = meter.CreateHistogram(
            "rtc.jobs.wait", "s", "From asking for a job to a worker taking it",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = s_waits });
    }

    internal void Ended(string how) => _ended.Add(1, new KeyValuePair<string, object?>("outcome", how));

    internal void Taken(TimeSpan waited) => _waits.Record(waited.TotalSeconds);
}
