using System.Globalization;
using Rtc.Server.Options;

namespace Rtc.Server.Startup;

/// <summary>
/// Fits the limits on connections under RLIMIT_NOFILE, so that a full house leaves descriptors for what the server
/// itself opens: at the limit the runtime can't open a file, and ends. The runtime has raised the soft limit to the
/// hard one before any code of ours runs.
/// </summary>
internal static class DescriptorLimit
{
    /// <summary>Of the reserve, those that the health listener may take.</summary>
    public const int HealthConnections = 16;

    /// <summary>
    /// 240 are open after the start, most of them the runtime's own files, of which each takes two; some more come with
    /// the first hub connection and the first room, and a few for a moment with each connection that is refused.
    /// </summary>
    public const int Reserve = 264 + HealthConnections;

    /// <summary>Below this the server would take fewer than a handful of connections.</summary>
    public const int Min = Reserve + 24;

    private const string LimitsFile = "/proc/self/limits";
    private const string LimitName = "Max open files";

    /// <summary>The limit in force; null where there is none or the system doesn't say.</summary>
    public static int? Read() => File.Exists(LimitsFile) ? Parse(File.ReadLines(LimitsFile)) : null;

    internal static int? Parse(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith(LimitName, StringComparison.Ordinal)) is { } line
            && line[LimitName.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
            && long.TryParse(soft, CultureInfo.InvariantCulture, out long limit)
            ? (int)Math.Min(limit, int.MaxValue)
            : null;

    /// <summary>The options that the limit allows, and what to tell the operator where those are not the given ones.</summary>
    public static (RtcOptions Options, string? Said) Fit(RtcOptions options, int? limit)
    {
        LimitOptions limits = options.Limits;
        if (limit is not { } most || most - Reserve >= limits.MaxConnections + limits.MaxIceTcpConnections)
        {
            return (options, null);
        }

        if (most < Min)
        {
            throw new StartException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the limit of open files is {most} and the server needs {Min} at least: raise it (ulimit -n 65536, LimitNOFILE= in "
                        + $"a unit, --ulimit nofile= in Docker)"));
        }

        // ICE-TCP is for the few whose network passes no UDP.
        int iceTcp = Math.Min(limits.MaxIceTcpConnections, (most - Reserve) / 4);
        int http = Math.Min(limits.MaxConnections, most - Reserve - iceTcp);
        string said = string.Create(
            CultureInfo.InvariantCulture,
            $"the limit of open files is {most}: {http} HTTP and {iceTcp} ICE-TCP connections are taken at once, not "
                + $"{limits.MaxConnections} and {limits.MaxIceTcpConnections} (ulimit -n raises it)");
        return (options with { Limits = limits with { MaxConnections = http, MaxIceTcpConnections = iceTcp } }, said);
    }
}
