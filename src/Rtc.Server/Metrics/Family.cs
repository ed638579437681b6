using System.Diagnostics.Metrics;

namespace Rtc.Server.Metrics;

internal enum FamilyKind : byte
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>
/// All series of one instrument. Finding a series scans a short array and allocates nothing; the number of
/// series is capped, and what would be the next one is counted under <c>otel_metric_overflow</c> instead.
/// </summary>
internal sealed class Family
{
    public const int MostSeries = 200;
    private static readonly double[] s_defaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly KeyValuePair<string, object?>[] s_overflow = [new("otel_metric_overflow", "true")];

    private readonly Lock _gate = new();
    private readonly bool _replaces;
    private volatile Series[] _series = [];

    public Family(Instrument instrument)
    {
        Kind = KindOf(instrument);
        _replaces = instrument.IsObservable || instrument.GetType().GetGenericTypeDefinition() == typeof(Gauge<>);
        Name = PrometheusName.Of(instrument.Name, instrument.Unit, Kind);
        Help = instrument.Description ?? instrument.Name;
        Bounds = Kind != FamilyKind.Histogram ? []
            : instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } ? [.. advised]
            : s_defaultBounds;
    }

    public string Name { get; }

    public string Help { get; }

    public FamilyKind Kind { get; }

    public double[] Bounds { get; }

    public IReadOnlyList<Series> All => _series;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Series series = Find(tags);
        if (Kind == FamilyKind.Histogram)
        {
            series.Observe(value);
        }
        else if (_replaces)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (Series series in _series)
        {
            if (series.Matches(tags))
            {
                return series;
            }
        }

        lock (_gate)
        {
            foreach (Series series in _series)
            {
                if (series.Matches(tags))
                {
                    return series;
                }
            }

            bool full = _series.Length >= MostSeries;
            if (full && _series[^1].Matches(s_overflow))
            {
                return _series[^1];
            }

            var created = new Series(full ? s_overflow : tags.ToArray(), Bounds);
            _series = [.. _series, created];
            return created;
        }
    }

    private static FamilyKind KindOf(Instrument instrument)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        return kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? FamilyKind.Counter
            : kind == typeof(Histogram<>) ? FamilyKind.Histogram
            : FamilyKind.Gauge;
    }
}
