using Prometheus;

namespace Rtc.Server.Metrics;

/// <summary>
/// One labelled line of one instrument. It keeps its own numbers until somebody reads them, and hands them to a collector of
/// prometheus-net then, which goes on: a server that nobody scrapes does without three megabytes of it.
/// </summary>
/// <param name="tags">As the instrument records them.</param>
/// <param name="kind">What the numbers are.</param>
/// <param name="bounds">Upper ends of a histogram's buckets; empty for the others.</param>
/// <param name="replaces">A measurement is the whole value, not what it grew by.</param>
internal sealed class Series(KeyValuePair<string, object?>[] tags, FamilyKind kind, double[] bounds, bool replaces)
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private readonly double[] _sums = new double[bounds.Length + 1];
    private volatile ICollectorChild? _collector;

    public KeyValuePair<string, object?>[] Tags => tags;

    public bool Matches(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
        {
            return false;
        }

        for (int i = 0; i < others.Length; i++)
        {
            if (!string.Equals(others[i].Key, tags[i].Key, StringComparison.Ordinal) || !Equals(others[i].Value, tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    public void Record(double value)
    {
        if (kind == FamilyKind.Counter && value < 0 || kind == FamilyKind.Histogram && double.IsNaN(value))
        {
            return;
        }

        if (_collector is { } collector)
        {
            Write(collector, value, 1);
            return;
        }

        lock (_gate)
        {
            if (_collector is { } come)
            {
                Write(come, value, 1);
            }
            else
            {
                Keep(value);
            }
        }
    }

    /// <summary>From here on the collector has the numbers; those so far come into the buckets that they were measured in.</summary>
    /// <param name="collector">An <see cref="ICounter"/>, <see cref="IGauge"/> or <see cref="IHistogram"/>.</param>
    public void Publish(ICollectorChild collector)
    {
        lock (_gate)
        {
            for (int bucket = 0; bucket < _counts.Length; bucket++)
            {
                if (_counts[bucket] > 0)
                {
                    Write(collector, kind == FamilyKind.Histogram ? Mean(bucket) : _sums[bucket], _counts[bucket]);
                }
            }

            _collector = collector;
        }
    }

    private void Keep(double value)
    {
        int bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
        {
            bucket++;
        }

        _counts[bucket]++;
        _sums[bucket] = replaces ? value : _sums[bucket] + value;
    }

    /// <summary>Within the bucket, whatever the sum was rounded to.</summary>
    private double Mean(int bucket)
    {
        double mean = _sums[bucket] / _counts[bucket];
        double above = bucket > 0 ? Math.Max(mean, Math.BitIncrement(bounds[bucket - 1])) : mean;
        return bucket < bounds.Length ? Math.Min(above, bounds[bucket]) : above;
    }

    private void Write(ICollectorChild collector, double value, long count)
    {
        switch (collector)
        {
            case IHistogram histogram:
                histogram.Observe(value, count);
                break;
            case ICounter counter when replaces:
                counter.IncTo(value);
                break;
            case ICounter counter:
                counter.Inc(value);
                break;
            case IGauge gauge when replaces:
                gauge.Set(value);
                break;
            case IGauge gauge:
                gauge.Inc(value);
                break;
            default:
                break;
        }
    }
}
