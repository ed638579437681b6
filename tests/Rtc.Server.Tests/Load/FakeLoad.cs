using Rtc.Server.Load;

namespace Rtc.Server.Tests.Load;

/// <summary>A machine whose load the test sets; its clock moves by whole seconds.</summary>
internal sealed class FakeLoad : TimeProvider, ILoadSources
{
    private long _seconds = 1000;
    private double _used;

    /// <summary>Share of all processors.</summary>
    public double Processor { get; set; }

    public TimeSpan Late { get; set; }

    public long Memory { get; set; }

    public double Cores => 4;

    public long MemoryLimit => 1000;

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => _seconds;

    public double CpuSeconds() => _used;

    public long MemoryUsed() => Memory;

    public TimeSpan TakeLateness() => Late;

    public double CardShare() => 0;

    public void Pass(ServerLoad load, int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            _seconds++;
            _used += Processor * Cores;
            load.Sample();
        }
    }
}
