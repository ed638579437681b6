using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Prometheus;

namespace Rtc.Server.Metrics;

/// <summary>
/// Listens to the meters that /metrics shows and counts for prometheus-net's collectors, under names of our own: its own
/// adapter gives others. One for each host; started with it so that nothing is missed, and served by the route.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private static readonly HashSet<string> s_meters =
    [
        RtcMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Http.Connections",
    ];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, FamilyKind> _kinds = new();
    private readonly List<Family> _families = [];
    private readonly Lock _gate = new();
    private readonly Lock _scrape = new();
    private MetricFactory? _factory;
    private CollectorRegistry? _registry;

    /// <summary>
    /// Another host of the same process (in tests) has meters of the same names: ours are <paramref name="own"/>, those
    /// that <paramref name="factory"/> made for the framework, and those that belong to the whole process.
    /// </summary>
    public MetricsCollector(Meter own, IMeterFactory? factory = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!s_meters.Contains(instrument.Meter.Name) || !IsOurs(instrument.Meter, own, factory))
            {
                return;
            }

            // Two meters may carry an instrument of the same name; the format allows one type for each name.
            var family = new Family(instrument);
            if (_kinds.GetOrAdd(family.Name, family.Kind) == family.Kind)
            {
                Add(family);
                listener.EnableMeasurementEvents(instrument, family);
            }
        };
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => ((Family)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => ((Family)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((Family)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((Family)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => ((Family)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((Family)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => ((Family)state!).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>What prometheus-net's endpoint writes; made with the first use. Reading it asks the gauges first.</summary>
    public CollectorRegistry Registry
    {
        get
        {
            lock (_gate)
            {
                return _registry ??= Open();
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Family family)
    {
        lock (_gate)
        {
            _families.Add(family);
            if (_factory is { } collectors)
            {
                family.Publish(collectors);
            }
        }
    }

    private CollectorRegistry Open()
    {
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        registry.AddBeforeCollectCallback(Observe);
        _factory = Prometheus.Metrics.WithCustomRegistry(registry);

        // A trace's id beside each measurement would cost memory for each measurement.
        _factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        foreach (Family family in _families)
        {
            family.Publish(_factory);
        }

        return registry;
    }

    private void Observe()
    {
        lock (_scrape)
        {
            _listener.RecordObservableInstruments();
        }
    }

    private static bool IsOurs(Meter meter, Meter own, IMeterFactory? factory) =>
        meter.Name == RtcMetrics.MeterName ? ReferenceEquals(meter, own) : meter.Scope is null || ReferenceEquals(meter.Scope, factory);
}
