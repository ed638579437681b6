using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;
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
    /// <summary>What is read of a file of the kernel's: the lines asked for stand in its first two thousand.</summary>
    private const int MaxBytes = 4096;

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
            FromKilobytes("/proc/meminfo", "MemTotal:"u8) is > 0 and var total ? total : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return Math.Min((cgroup ?? new Cgroup()).MemoryLimit ?? long.MaxValue, physical);
    }

    public double CpuSeconds() => _cgroup.CpuSeconds() ?? Environment.CpuUsage.TotalTime.TotalSeconds;

    public long MemoryUsed() =>
        FromKilobytes("/proc/self/status", "RssAnon:"u8, "RssShmem:"u8) is > 0 and var own ? own : Environment.WorkingSet;

    public TimeSpan TakeLateness() => _loop.TakeLateness();

    public double CardShare() => _metrics.Gauges?.Invoke().CardLoad ?? 0;

    /// <summary>Asked once a second: nothing is allocated but the handle.</summary>
    private static long FromKilobytes(string file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> other = default)
    {
        if (!File.Exists(file))
        {
            return 0;
        }

        Span<byte> text = stackalloc byte[MaxBytes];
        using SafeFileHandle handle = File.OpenHandle(file);
        text = text[..RandomAccess.Read(handle, text, 0)];
        return Kilobytes(text, name) + (other.IsEmpty ? 0 : Kilobytes(text, other));
    }

    private static long Kilobytes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        foreach (Range at in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[at];
            if (line.StartsWith(name) && Utf8Parser.TryParse(line[name.Length..].TrimStart(" \t"u8), out long kilobytes, out _))
            {
                return kilobytes << 10;
            }
        }

        return 0;
    }
}
