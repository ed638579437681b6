using System.ComponentModel;

namespace Rtc.Server.Options;

/// <summary>Where traces and metrics go besides /metrics.</summary>
public sealed record TelemetryOptions
{
    [Description("OTLP endpoint, http://host:4317 (gRPC) or http://host:4318 (HTTP); empty sends nothing")]
    public string? OtlpEndpoint { get; init; }

    [Description("Write the log as one JSON object a line")]
    public bool JsonLog { get; init; }
}
