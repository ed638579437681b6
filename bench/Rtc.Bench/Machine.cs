namespace Rtc.Bench;

/// <summary>What a result was measured on.</summary>
internal static class Machine
{
    public static string Processor { get; } = Line("/proc/cpuinfo", "model name")
        ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown";

    public static long Megabytes { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;

    private static string? Line(string file, string name) => File.Exists(file)
        ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        : null;
}
