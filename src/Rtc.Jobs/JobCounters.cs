using System.Diagnostics.Metrics;

namespace Rtc.Jobs;

/// <summary>What this program's workers have done, as instruments; whoever collects the meter has them.</summary>
public sealed class JobCounters
{
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _waits;

    public JobCounters(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _ended = meter.CreateCounter<long>("rtc.jobs.attempts", null, "Attempts at jobs that have ended, by how");
        _waits = meter.CreateHistogram<double>("rtc.jobs.wait", "s", "From asking for a job to a worker taking it");
    }

    internal void Ended(string how) => _ended.Add(1, new KeyValuePair<string, object?>("outcome", how));

    internal void Taken(TimeSpan waited) => _waits.Record(waited.TotalSeconds);
}
