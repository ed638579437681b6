namespace Rtc.Media.Containers;

/// <summary>What a file may cost to read or write: each child process is held to this by the kernel.</summary>
public sealed record ContainerLimits
{
    /// <summary>Also of a picture's two sides by themselves, see <see cref="MaxSide"/>.</summary>
    public long MaxPixels { get; init; } = Picture.MaxPixels;

    /// <summary>A picture of 100,000 × 1 has few pixels and breaks whatever works by rows.</summary>
    public int MaxSide { get; init; } = 8192;

    /// <summary>Private memory of one child. H.264 at 4096×2304 with 16 reference pictures takes 420 MiB.</summary>
    public long MaxChildBytes { get; init; } = 1L << 30;

    /// <summary>Threads that one child decodes or encodes with.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>How long a look at the container may take, by the clock on the wall.</summary>
    public TimeSpan MaxProbeTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the next picture or sound may be waited for.</summary>
    public TimeSpan MaxStall { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Processor time of one child.</summary>
    public TimeSpan MaxProcessorTime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Bytes that a child may write into one file.</summary>
    public long MaxFileBytes { get; init; } = 4L << 30;
}
