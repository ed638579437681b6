using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Pipeline.Load;
using Rtc.Server.Health;
using Rtc.Server.Load;
using Rtc.Server.Metrics;
using Rtc.Server.Network;

namespace Rtc.Server.Rooms;

/// <summary>The rooms' state for health and metrics. The registry writes it once a second, on its loop; readers get the last one.</summary>
internal sealed class RoomFacts : IHealthFacts
{
    private readonly IModelHost _models;
    private volatile GaugeFacts _gauges = GaugeFacts.None;
    private readonly Lazy<(string Model, string Provider, string? Reason)> _default;

    private readonly ServerLoad _load;
    private readonly DrainState _drain;
    private readonly LoopWatchdog _watchdog;

    public RoomFacts(IModelHost models, RtcMetrics metrics, ServerLoad load, DrainState drain, LoopWatchdog watchdog)
    {
        _watchdog = watchdog;
        _models = models;
        _load = load;
        _drain = drain;
        metrics.IsDraining = () => drain.IsDraining;
        _default = new(TryDefault);
        metrics.Gauges = () => _gauges;
    }

    /// <summary>Between the start of the media port and its end.</summary>
    public bool Ready { get; set; }

    public string? NotLiveBecause => _watchdog.Error;

    /// <summary>That of the room that does with least.</summary>
    public Level Level => Worst(_gauges);

    public void Update(GaugeFacts gauges) => _gauges = gauges;

    public HealthFacts Read()
    {
        GaugeFacts gauges = _gauges;
        (string model, string provider, string? reason) = Ready ? _default.Value : ("", "", null);
        string? excess = _load.Facts.Excess;
        return new HealthFacts
        {
            Ready = Ready && NotLiveBecause is null && excess is null && !_drain.IsDraining,
            NotReadyStatus = _drain.IsDraining ? "draining" : NotLiveBecause is not null ? "stuck" : Ready ? "overloaded" : "starting",
            NotReadyBecause =
                _drain.IsDraining ? "The server is about to stop." : Ready ? NotLiveBecause ?? excess : "The media port is not open.",
            Model = model,
            Provider = provider,
            ProviderReason = reason,
            Level = Worst(gauges).Name(),
            Rooms = gauges.Rooms,
            Peers = gauges.Phones + gauges.Viewers,
            FailedRooms = gauges.RoomsFailed,
            Models = _models.Listed,
        };
    }

    /// <summary>What a new room would get; opening it also loads the model before the first phone needs it.</summary>
    private (string Model, string Provider, string? Reason) TryDefault()
    {
        using IDetector detector = _models.OpenDetector(ModelHost.Auto, out string? problem);
        return (detector.Model, detector.Provider, problem);
    }

    private static Level Worst(GaugeFacts gauges) =>
        gauges.RoomsCritical > 0
            ? Level.Critical
            : gauges.RoomsHigh > 0
            ? Level.High
            : gauges.RoomsModerate > 0
            ? Level.Moderate
            : Level.Optimal;
}
