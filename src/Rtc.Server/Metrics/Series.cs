using Prometheus;

namespace Rtc.Server.Metrics;

/// <summary>One labelled line of one instrument, and the collector of prometheus-net that keeps its numbers.</summary>
/// <param name="tags">As the instrument records them.</param>
/// <param name="collector">An <see cref="ICounter"/>, <see cref="IGauge"/> or <see cref="IHistogram"/>.</param>
/// <param name="replaces">A measurement is the whole value, not what it grew by.</param>
internal sealed class Series(KeyValuePair<string, object?>[] tags, ICollectorChild collector, bool replaces)
{
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
        switch (collector)
        {
            case IHistogram histogram:
                histogram.Observe(value);
                break;
            case ICounter counter when replaces:
                counter.IncTo(value);
                break;
            case ICounter counter when value >= 0:
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
