using System.Diagnostics.Metrics;

namespace Rtc.Server.Metrics;

/// <summary>The process as Prometheus' client libraries describe it: CPU, memory, start, open files.</summary>
internal static class ProcessMetrics
{
    private const string OpenFiles = "/proc/self/fd";

    public static void AddTo(Meter meter)
    {
        DateTime started = System.Diagnostics.Process.GetCurrentProcess().StartTime.ToUniversalTime();
        double startSeconds = (started - DateTime.UnixEpoch).TotalSeconds;
        meter.CreateObservableCounter(
            "process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "CPU time of the process, user and system");
        meter.CreateObservableGauge("process.resident_memory", () => Environment.WorkingSet, "By", "Memory that the process holds");
        meter.CreateObservableGauge("process.start_time", () => startSeconds, "s", "When the process started, seconds since 1970");
        if (Directory.Exists(OpenFiles))
        {
            meter.CreateObservableGauge(
                "process.open_fds", () => (long)Directory.GetFiles(OpenFiles).Length, "{file}", "Open files and sockets");
        }
    }
}
