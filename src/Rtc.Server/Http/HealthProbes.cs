namespace Rtc.Server.Http;

/// <summary>The paths that an orchestrator asks every few seconds, from wherever it is and with no key.</summary>
internal static class HealthProbes
{
    public const string Live = "/api/health/live";
    public const string Ready = "/api/health/ready";

    public static bool Has(PathString path) => path == Live || path == Ready;
}
