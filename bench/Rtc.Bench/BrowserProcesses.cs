using System.Globalization;

namespace Rtc.Bench;

/// <summary>A browser's own processes on this machine, found by a word on its command line: their processor time and memory.</summary>
internal sealed class BrowserProcesses(string mark)
{
    /// <summary>The clock by which Linux counts processor time.</summary>
    private const double TicksPerSecond = 100;

    public double PeakMegabytes { get; private set; }

    /// <summary>Of the pages alone, without what every page of the browser shares.</summary>
    public double PeakPageMegabytes { get; private set; }

    /// <summary>Of those that run now; null where the system does not tell.</summary>
    public double? CpuSeconds()
    {
        int[] all = Find();
        return all.Length == 0 ? null : all.Sum(id => (Field(id, 11) + Field(id, 12)) / TicksPerSecond);
    }

    /// <summary>Proportional shares, so that what processes have in common counts once.</summary>
    public void SampleMemory()
    {
        int[] all = Find();
        PeakMegabytes = Math.Max(PeakMegabytes, all.Sum(Megabytes));
        PeakPageMegabytes = Math.Max(
            PeakPageMegabytes,
            all.Where(id => Read(id, "cmdline").Contains("--type=renderer", StringComparison.Ordinal)).Sum(Megabytes));
    }

    private int[] Find()
    {
        if (!Directory.Exists("/proc/self"))
        {
            return [];
        }

        int[] running = [.. Directory.GetDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, CultureInfo.InvariantCulture, out int id) ? id : 0).Where(id => id > 0)];
        var found = running.Where(id => Read(id, "cmdline").Contains(mark, StringComparison.Ordinal)).ToHashSet();
        for (int before = -1; before != found.Count;)
        {
            before = found.Count;
            found.UnionWith(running.Where(id => found.Contains((int)Field(id, 1))));
        }

        return [.. found];
    }

    /// <summary>A field of stat behind the program's name, which may hold blanks and brackets.</summary>
    private static double Field(int id, int at)
    {
        string stat = Read(id, "stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return at < fields.Length ? double.Parse(fields[at], CultureInfo.InvariantCulture) : 0;
    }

    private static double Megabytes(int id)
    {
        foreach (string line in Read(id, "smaps_rollup").Split('\n'))
        {
            if (line.StartsWith("Pss:", StringComparison.Ordinal))
            {
                return double.Parse(line[4..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
            }
        }

        return 0;
    }

    /// <summary>Empty where the process has ended meanwhile.</summary>
    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
