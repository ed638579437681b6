using System.Globalization;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Server.Options;

namespace Rtc.Server.Load;

/// <summary>
/// This process on this machine. Its memory is what is its own (RssAnon, RssShmem): mapped files and the page cache are
/// given up by the system when it needs them, so they are no load.
/// </summary>
internal sealed class MachineLoad : ILoadSources
{
    private readonly Cgroup _cgroup = new();
    private readonly MediaLoop _loop;
    private readonly RtcMetrics _metrics;

    public MachineLoad(MediaLoop loop, RtcMetrics metrics, RtcOptions options)
    {
        _loop = loop;
        _metrics = metrics;
        Cores = Math.Min(_cgroup.CpuLimit ?? double.MaxValue, Environment.ProcessorCount);
        MemoryLimit = MemoryLimitOf(options.Limits, _cgroup);
    }

    public double Cores { get; }

    public long MemoryLimit { get; }

    /// <summary>What the operator says, else the control group's limit, else the machine's memory.</summary>
    public static long MemoryLimitOf(LimitOptions limits, Cgroup? cgroup = null)
    {
        if (limits.MemoryMegabytes > 0)
        {
            return (long)limits.MemoryMegabytes << 20;
        }

        long physical =
            FromKilobytes("/proc/meminfo", "MemTotal:") is > 0 and var total ? total : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return Math.Min((cgroup ?? new Cgroup()).MemoryLimit ?? long.MaxValue, physical);
    }

    public double CpuSeconds() => _cgroup.CpuSeconds() ?? Environment.CpuUsage.TotalTime.TotalSeconds;

    public long MemoryUsed() =>
        FromKilobytes("/proc/self/status", "RssAnon:", "RssShmem:") is > 0 and var own ? own : Environment.WorkingSet;

    public TimeSpan TakeLateness() => _loop.TakeLateness();

    public double CardShare() => _metrics.Gauges?.Invoke().CardLoad ?? 0;

    private static long FromKilobytes(string file, params ReadOnlySpan<string> names)
    {
        long sum = 0;
        if (!File.Exists(file))
        {
            return 0;
        }

        foreach (string line in File.ReadLines(file))
        {
            foreach (string name in names)
            {
                if (line.StartsWith(name, StringComparison.Ordinal))
                {
                    string text = line[name.Length..].Replace("kB", string.Empty, StringComparison.Ordinal).Trim();
                    sum += long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes) ? kilobytes << 10 : 0;
                }
            }
        }

        return sum;
    }
}
