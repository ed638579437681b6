namespace Rtc.Server.Options;

/// <summary>
/// Everything an operator may set, immutable, read once at start from appsettings.json, the environment
/// (RTC__HTTP__PORT …) and the command line, in that order of strength. Defaults stand in the records.
/// </summary>
public sealed record RtcOptions
{
    public HttpOptions Http { get; init; } = new();

    public MediaOptions Media { get; init; } = new();

    public ModelOptions Model { get; init; } = new();

    public SegmentationOptions Segmentation { get; init; } = new();

    public RoomOptions Rooms { get; init; } = new();

    public RecordingOptions Recordings { get; init; } = new();

    public EventOptions Events { get; init; } = new();

    public MqttOptions Mqtt { get; init; } = new();

    public LimitOptions Limits { get; init; } = new();

    public AuthOptions Auth { get; init; } = new();

    public StoreOptions Store { get; init; } = new();

    public BucketOptions Bucket { get; init; } = new();

    public ClusterOptions Cluster { get; init; } = new();

    public JobOptions Jobs { get; init; } = new();

    public LanguageOptions Language { get; init; } = new();

    public StudioOptions Studio { get; init; } = new();

    public TunnelOptions Tunnel { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();
}
