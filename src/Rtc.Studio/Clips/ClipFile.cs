using System.Globalization;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;

namespace Rtc.Studio.Clips;

/// <summary>A clip that keeps to the limits, as its container describes it, and the size that it is worked on in.</summary>
public sealed record ClipFile
{
    public required string Path { get; init; }

    public required VideoInfo Info { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Every how manieth picture is taken.</summary>
    public required int Every { get; init; }

    /// <summary>Of the pictures that are taken.</summary>
    public required Ratio FrameRate { get; init; }

    /// <summary>More than may be taken, should the container have told too few.</summary>
    public int MaxFrames { get; private init; }

    /// <summary>Looks at the container alone.</summary>
    /// <exception cref="StudioException">It is no clip that is worked on.</exception>
    public static ClipFile Open(string path, ClipLimits limits, CancellationToken cancel)
    {
        if (new FileInfo(path).Length > limits.MaxBytes)
        {
            throw TooHeavy(limits);
        }

        VideoProbeResult result = VideoProbe.Read(path, new ContainerLimits(), cancel);
        if (result.Info is not { } info)
        {
            throw new StudioException(
                result.Refusal!.Error == ContainerError.UnknownFormat ? "format" : "video", result.Refusal.Message);
        }

        if (Math.Min(info.Width, info.Height) < ClipLimits.MinSide)
        {
            throw new StudioException("too_small", $"A clip's picture has {ClipLimits.MinSide} pixels at least on each side.");
        }

        Ratio rate = info.UsableFrameRate;
        double seconds = Math.Max(info.DurationSeconds, info.TotalFrames / rate.Value);
        if (Math.Min(info.DurationSeconds > 0 ? info.DurationSeconds : seconds, seconds) > limits.MaxSeconds + ClipLimits.SecondsTolerance)
        {
            throw TooLong(limits);
        }

        int every = Math.Max(1, (int)Math.Ceiling(rate.Value / ClipLimits.MaxFrameRate - 0.01));
        (int width, int height) = Fit(info.Width, info.Height);
        return new ClipFile
        {
            Path = path,
            Info = info,
            Width = width,
            Height = height,
            Every = every,
            FrameRate = rate with { Denominator = rate.Denominator * every },
            MaxFrames = (int)Math.Ceiling((limits.MaxSeconds + 1) * Math.Max(1, rate.Value) / every),
        };
    }

    /// <exception cref="StudioException">The clip has no picture of that number, as far as its container tells.</exception>
    public void RequireFrame(int number)
    {
        long frames = (Info.TotalFrames + Every - 1) / Every;
        if (number >= frames)
        {
            throw NoFrame(frames);
        }
    }

    internal static StudioException NoFrame(long frames) =>
        new("frame_idx", $"The clip has {frames} pictures: \"frame_idx\" goes from 0 to {frames - 1}.");

    public static StudioException TooHeavy(ClipLimits limits) =>
        new("too_large", $"A clip has {limits.MaxMegabytes} MB at most (Studio:MaxMegabytes).");

    internal static StudioException TooLong(ClipLimits limits) => new(
        "too_long",
        string.Create(CultureInfo.InvariantCulture, $"A clip lasts {limits.MaxSeconds:0.##} seconds at most (Studio:MaxSeconds)."));

    /// <summary>Scaled alike in both directions into the limits, lying or standing.</summary>
    private static (int Width, int Height) Fit(int width, int height)
    {
        double scale = Math.Min(
            (double)ClipLimits.MaxLongSide / Math.Max(width, height), (double)ClipLimits.MaxShortSide / Math.Min(width, height));
        return scale >= 1
            ? (width, height)
            : (Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
    }
}
