using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rtc.Server.Options;
using Rtc.Server.Startup;
using Rtc.Signaling;

namespace Rtc.Server.Metrics;

/// <summary>Sends traces and metrics by OTLP where an endpoint is configured; owns the exporters until the host stops.</summary>
internal sealed class Telemetry : IDisposable
{
    public const string SourceName = "Rtc";
    private const int HttpPort = 4318;

    /// <summary>The service's spans start here: a join, an offer, a trickle, each with what became of it.</summary>
    public static readonly ActivitySource Source = new(SourceName);

    private readonly IDisposable[] _exporters = [];

    public Telemetry(RtcOptions options)
    {
        if (options.Telemetry.OtlpEndpoint is { } endpoint)
        {
            // In a method of its own: a server that sends nothing never loads what it calls.
            _exporters = Export(endpoint);
        }
    }

    /// <summary>
    /// Runs one request of a client as a span. Neither room nor client is in it, only what was asked and why it was refused.
    /// </summary>
    public static async Task<Outcome<T>> SpanAsync<T>(string name, string? role, Func<Task<Outcome<T>>> work)
        where T : class
    {
        using Activity? span = Source.StartActivity(name, ActivityKind.Server);
        span?.SetTag("rtc.role", role);
        Outcome<T> outcome = await work();
        if (outcome.Refusal is { } refusal)
        {
            span?.SetStatus(ActivityStatusCode.Error, refusal.Code);
        }

        return outcome;
    }

    public void Dispose()
    {
        foreach (IDisposable exporter in _exporters)
        {
            exporter.Dispose();
        }
    }

    private static IDisposable[] Export(string endpoint)
    {
        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService("rtc", serviceVersion: BuildInfo.Version);
        TracerProvider traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(SourceName, "Microsoft.AspNetCore")
            .AddOtlpExporter(otlp => Aim(otlp, endpoint, "v1/traces"))
            .Build();
        MeterProvider metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(RtcMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Hosting")
            .AddOtlpExporter(otlp => Aim(otlp, endpoint, "v1/metrics"))
            .Build();
        return [traces, metrics];
    }

    /// <summary>Port 4318, or a path, means OTLP over HTTP; anything else gRPC.</summary>
    private static void Aim(OtlpExporterOptions otlp, string endpoint, string path)
    {
        var address = new Uri(endpoint);
        bool http = address.Port == HttpPort || address.AbsolutePath.Length > 1;
        otlp.Protocol = http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        otlp.Endpoint = http ? new Uri($"{endpoint.TrimEnd('/')}/{path}") : address;
    }
}
