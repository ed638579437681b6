using System.Globalization;

namespace Rtc.Server.Load;

/// <summary>
/// What the control group of this process is allowed and has used, of version 1 or 2, from its own folder up to the
/// mount: the narrowest limit holds. Without one, all is null. A test gives a root of its own.
/// </summary>
internal sealed class Cgroup
{
    /// <summary>Version 1 writes "no limit" as a number of this size.</summary>
    private const long Unlimited = 1L << 60;

    private readonly List<string> _memory = [];
    private readonly List<string> _cpu = [];
    private readonly string _cpuUsage;

    public Cgroup(string root = "/")
    {
        string mount = Path.Combine(root, "sys", "fs", "cgroup");
        foreach (string[] entry in Lines(Path.Combine(root, "proc", "self", "cgroup")).Select(line => line.Split(':', 3))
            .Where(entry => entry.Length == 3))
        {
            string[] controllers = entry[1].Split(',');
            if (entry[1].Length == 0)
            {
                _memory.AddRange(Folders(mount, entry[2]));
                _cpu.AddRange(Folders(mount, entry[2]));
            }
            else if (controllers.Contains("memory"))
            {
                _memory.AddRange(Folders(Path.Combine(mount, entry[1]), entry[2]));
            }
            else if (controllers.Contains("cpu"))
            {
                _cpu.AddRange(Folders(Path.Combine(mount, entry[1]), entry[2]));
            }
        }

        MemoryLimit = Least(
            _memory.SelectMany(folder => (long?[])[Number(folder, "memory.max"), Number(folder, "memory.limit_in_bytes")])
                .Where(bytes => bytes < Unlimited));
        (string Folder, double Cores) narrowest = _cpu.Select(folder => (Folder: folder, Cores: QuotaOf(folder)))
            .Where(quota => quota.Cores > 0)
            .OrderBy(quota => quota.Cores).FirstOrDefault();
        _cpuUsage = narrowest.Folder ?? string.Empty;
        CpuLimit = narrowest.Cores > 0 ? narrowest.Cores : null;
    }

    /// <summary>Bytes.</summary>
    public long? MemoryLimit { get; }

    /// <summary>Processors that the quota lets run all the time.</summary>
    public double? CpuLimit { get; }

    /// <summary>What the group with that quota has used so far, in seconds; others in it count too.</summary>
    public double? CpuSeconds() => CpuLimit is null ? null
        : Lines(Path.Combine(_cpuUsage, "cpu.stat"))
            .FirstOrDefault(line => line.StartsWith("usage_usec ", StringComparison.Ordinal)) is { } usage
            && Parse(usage["usage_usec ".Length..]) is { } microseconds ? microseconds / 1e6
        : Number(_cpuUsage, "cpuacct.usage") is { } nanoseconds ? nanoseconds / 1e9
        : null;

    private static IEnumerable<string> Folders(string mount, string path)
    {
        for (string below = path.Trim('/'); below.Length > 0; below = Path.GetDirectoryName(below) ?? string.Empty)
        {
            yield return Path.Combine(mount, below);
        }

        yield return mount;
    }

    private static double QuotaOf(string folder)
    {
        if (Lines(Path.Combine(folder, "cpu.max")).FirstOrDefault()?.Split(' ') is [var quota, var period])
        {
            return Parse(quota) / (double?)Parse(period) ?? 0;
        }

        return Number(folder, "cpu.cfs_quota_us") is > 0 and var limit && Number(folder, "cpu.cfs_period_us") is > 0 and var per
            ? (double)limit / per
            : 0;
    }

    private static long? Least(IEnumerable<long?> numbers) => numbers.Min();

    private static long? Number(string folder, string file) =>
        Lines(Path.Combine(folder, file)).FirstOrDefault() is { } text ? Parse(text) : null;

    private static long? Parse(string text) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string[] Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
