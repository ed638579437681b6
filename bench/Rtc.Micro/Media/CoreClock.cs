using System.Runtime.InteropServices;

namespace Rtc.Micro.Media;

/// <summary>Processor time of this thread for one operation. Linux only, as it asks the thread's own clock.</summary>
internal static unsafe partial class CoreClock
{
    private const int ThreadClock = 3;
    private const int Warm = 30;
    private const int Rounds = 120;

    public static void Print(string name, Action<int> operation)
    {
        double[] times = Measure(operation);
        Console.WriteLine(
            $"{name,-34} median {times[Rounds / 2]:0.00} ms, p10 {times[Rounds / 10]:0.00}, p90 {times[Rounds * 9 / 10]:0.00}");
    }

    public static double Median(Action<int> operation) => Measure(operation)[Rounds / 2];

    private static double[] Measure(Action<int> operation)
    {
        double[] times = new double[Rounds];
        for (int i = 0; i < Warm + Rounds; i++)
        {
            double before = Now();
            operation(i);
            if (i >= Warm)
            {
                times[i - Warm] = Now() - before;
            }
        }

        Array.Sort(times);
        return times;
    }

    private static double Now()
    {
        long* time = stackalloc long[2];
        _ = ClockGetTime(ThreadClock, time);
        return (time[0] * 1e3) + (time[1] / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, long* time);
}
