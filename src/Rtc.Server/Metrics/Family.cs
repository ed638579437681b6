using System.Diagnostics.Metrics;
using System.Globalization;
using Prometheus;

namespace Rtc.Server.Metrics;

internal enum FamilyKind : byte
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>
/// All series of one instrument, under its Prometheus name; once somebody reads them, in prometheus-net's registry. Finding a
/// series scans a short array and allocates nothing; the number of series is capped, and what would be the next one is counted
/// under <c>otel_metric_overflow</c> instead.
/// </summary>
internal sealed class Family
{
    public const int MaxSeries = 200;
    private static readonly double[] s_defaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly KeyValuePair<string, object?>[] s_overflow = [new("otel_metric_overflow", "true")];

    private readonly Lock _gate = new();
    private readonly string _help;
    private readonly double[] _bounds;
    private readonly bool _replaces;
    private volatile Series[] _series = [];
    private MetricFactory? _factory;

    public Family(Instrument instrument)
    {
        Kind = KindOf(instrument);
        Name = PrometheusName.Of(instrument.Name, instrument.Unit, Kind);
        _replaces = instrument.IsObservable || instrument.GetType().GetGenericTypeDefinition() == typeof(Gauge<>);
        _help = instrument.Description ?? instrument.Name;
        _bounds = Kind != FamilyKind.Histogram ? []
            : instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } ? [.. advised]
            : s_defaultBounds;
    }

    public string Name { get; }

    public FamilyKind Kind { get; }

    /// <summary>Puts name, help and type on the page, also before the first measurement, and all series there are.</summary>
    public void Publish(MetricFactory factory)
    {
        lock (_gate)
        {
            _factory = factory;
            Create(factory, []);
            foreach (Series series in _series)
            {
                series.Publish(Create(factory, series.Tags));
            }
        }
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => Find(tags).Record(value);

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

            bool full = _series.Length >= MaxSeries;
            if (full && _series[^1].Matches(s_overflow))
            {
                return _series[^1];
            }

            KeyValuePair<string, object?>[] own = full ? s_overflow : tags.ToArray();
            var created = new Series(own, Kind, _bounds, _replaces);
            if (_factory is { } factory)
            {
                created.Publish(Create(factory, own));
            }

            _series = [.. _series, created];
            return created;
        }
    }

    /// <summary>The registry keeps collectors of one name that differ in their labels' names side by side.</summary>
    private ICollectorChild Create(MetricFactory factory, KeyValuePair<string, object?>[] tags)
    {
        // Two tags whose names come out alike would be one label twice.
        (string Name, string Value)[] labels = [.. tags
            .Select(tag => (PrometheusName.Clean(tag.Key), Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? string.Empty))
            .DistinctBy(label => label.Item1)];
        string[] names = [.. labels.Select(label => label.Name)];
        string[] values = [.. labels.Select(label => label.Value)];
        return Kind switch
        {
            FamilyKind.Counter =>
                Child(factory.CreateCounter(Name, _help, names, new CounterConfiguration { SuppressInitialValue = true })),
            FamilyKind.Histogram => Child(
                factory.CreateHistogram(
                    Name, _help, names, new HistogramConfiguration { SuppressInitialValue = true, Buckets = _bounds })),
            _ => Child(factory.CreateGauge(Name, _help, names, new GaugeConfiguration { SuppressInitialValue = true })),
        };

        // One without labels publishes itself with its first value.
        ICollectorChild Child<T>(Collector<T> collector)
            where T : ChildBase => values.Length == 0 ? (ICollectorChild)collector : collector.WithLabels(values);
    }

    private static FamilyKind KindOf(Instrument instrument)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        return kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? FamilyKind.Counter
            : kind == typeof(Histogram<>) ? FamilyKind.Histogram
            : FamilyKind.Gauge;
    }
}
