namespace Rtc.Server.Load;

/// <summary>Where <see cref="ServerLoad"/> reads the machine; tests give their own.</summary>
internal interface ILoadSources
{
    /// <summary>Processors that may run all the time.</summary>
    double Cores { get; }

    /// <summary>Processor time used so far, in seconds.</summary>
    double CpuSeconds();

    /// <summary>Bytes that the process may hold.</summary>
    long MemoryLimit { get; }

    /// <summary>Bytes that the process holds and the system could not take back.</summary>
    long MemoryUsed();

    /// <summary>The worst that the media loop was late since this was asked last.</summary>
    TimeSpan TakeLateness();

    /// <summary>Share of the last second in which a graphics card ran models.</summary>
    double CardShare();
}
