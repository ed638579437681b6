using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Rtc.Server.Metrics;

/// <summary>
/// Listens to the meters that /metrics shows and keeps their sums. One for each host; started with it so that
/// nothing is missed, and asked by the route.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private static readonly HashSet<string> s_meters =
    [
        RtcMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Http.Connections",
    ];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Family> _families = new();
    private readonly Lock _scrape = new();

    /// <summary>
    /// Another host of the same process (in tests) has meters of the same names: ours are <paramref name="own"/>, those
    /// that <paramref name="factory"/> made for the framework, and those that belong to the whole process.
    /// </summary>
    public MetricsCollector(Meter own, IMeterFactory? factory = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (s_meters.Contains(instrument.Meter.Name) && IsOurs(instrument.Meter, own, factory))
            {
                var family = new Family(instrument);
                _families.Enqueue(family);
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

    public string Scrape()
    {
        lock (_scrape)
        {
            _listener.RecordObservableInstruments();
            return PrometheusText.Write(_families);
        }
    }

    private static bool IsOurs(Meter meter, Meter own, IMeterFactory? factory) =>
        meter.Name == RtcMetrics.MeterName ? ReferenceEquals(meter, own) : meter.Scope is null || ReferenceEquals(meter.Scope, factory);

    public void Dispose() => _listener.Dispose();
}
