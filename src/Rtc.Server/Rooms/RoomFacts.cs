using Rtc.Inference;
using Rtc.Pipeline;
using Rtc.Server.Hosting;
using Rtc.Server.Metrics;
using Rtc.Server.Network;

namespace Rtc.Server.Rooms;

/// <summary>The rooms' state for health and metrics. The registry writes it once a second, on its loop; readers get the last one.</summary>
internal sealed class RoomFacts : IHealthFacts
{
    private readonly IModelHost _models;
    private volatile GaugeFacts _gauges = GaugeFacts.None;
    private readonly Lazy<(string Model, string Provider, string? Reason)> _default;

    private readonly LoopWatchdog _watchdog;

    public RoomFacts(IModelHost models, RtcMetrics metrics, LoopWatchdog watchdog)
    {
        _watchdog = watchdog;
        _models = models;
        _default = new(TryDefault);
        metrics.Gauges = () => _gauges;
    }

    public bool Ready { get; set; }

    public string? NotLiveBecause => _watchdog.Error;

    public void Update(GaugeFacts gauges) => _gauges = gauges;

    public HealthFacts Read()
    {
        GaugeFacts gauges = _gauges;
        (string model, string provider, string? reason) = Ready ? _default.Value : ("", "", null);
        return new HealthFacts
        {
            Ready = Ready && NotLiveBecause is null,
            NotReadyBecause = Ready ? NotLiveBecause : "The media port is not open.",
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
        gauges.RoomsCritical > 0 ? Level.Critical : gauges.RoomsHigh > 0 ? Level.High : gauges.RoomsModerate > 0 ? Level.Moderate : Level.Optimal;
}
