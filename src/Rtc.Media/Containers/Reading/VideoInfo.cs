namespace Rtc.Media.Containers.Reading;

/// <summary>A fraction as containers give rates and clocks.</summary>
public readonly record struct Ratio(long Numerator, long Denominator)
{
    public double Value => Denominator == 0 ? 0 : (double)Numerator / Denominator;

    /// <summary>"30000/1001" or "30000:1001"; what is none is 0.</summary>
    internal static Ratio Parse(string? text)
    {
        string[] parts = (text ?? string.Empty).Split('/', ':');
        return parts.Length == 2
            && long.TryParse(parts[0], System.Globalization.CultureInfo.InvariantCulture, out long above)
            && long.TryParse(parts[1], System.Globalization.CultureInfo.InvariantCulture, out long below)
            && below > 0
            ? new Ratio(above, below)
            : default;
    }
}

/// <summary>A file's sound.</summary>
/// <param name="StreamIndex">Its place among the file's streams.</param>
/// <param name="Codec">As ffprobe names it.</param>
/// <param name="SampleRate">Samples a second.</param>
/// <param name="Channels">How many planes it has.</param>
/// <param name="Layout">"stereo", "5.1"; null where the file says nothing.</param>
public sealed record AudioInfo(int StreamIndex, string Codec, int SampleRate, int Channels, string? Layout);

/// <summary>What a container says of the video in it; nothing here is guessed but <see cref="UsableFrameRate"/>.</summary>
public sealed record VideoInfo
{
    // Beyond it a rate is mostly that of the clock: 1000 where times are irregular milliseconds.
    private const double MaxLikelyFrameRate = 240;
    private const double MaxFrameRate = 1000;
    private static readonly Ratio s_usualFrameRate = new(25, 1);

    public required ContainerFormat Format { get; init; }

    /// <summary>As ffprobe names it: "h264", "vp8".</summary>
    public required string Codec { get; init; }

    public required string PixelFormat { get; init; }

    /// <summary>The video's place among the file's streams.</summary>
    public required int StreamIndex { get; init; }

    /// <summary>The size that is stored, before it is turned upright.</summary>
    public required int CodedWidth { get; init; }

    public required int CodedHeight { get; init; }

    public required VideoRotation Rotation { get; init; }

    /// <summary>The upright picture's.</summary>
    public int Width => Rotation is VideoRotation.Clockwise90 or VideoRotation.Clockwise270 ? CodedHeight : CodedWidth;

    public int Height => Rotation is VideoRotation.Clockwise90 or VideoRotation.Clockwise270 ? CodedWidth : CodedHeight;

    /// <summary>Pictures a second, on average.</summary>
    public required Ratio FrameRate { get; init; }

    /// <summary>The rate to write its pictures at: as told where that is likely, else as many as there are in its time.</summary>
    public Ratio UsableFrameRate =>
        FrameRate.Value is > 0 and <= MaxLikelyFrameRate ? FrameRate
        : DurationSeconds > 0 && TotalFrames / DurationSeconds is > 0 and <= MaxFrameRate and var counted
            && (long)Math.Round(counted * 1000) is > 0 and var thousandths ? new Ratio(thousandths, 1000)
        : s_usualFrameRate;

    /// <summary>Seconds of one tick of the video's clock.</summary>
    public required Ratio TimeBase { get; init; }

    /// <summary>When the first of all streams begins; times are given from here on.</summary>
    public required double StartSeconds { get; init; }

    public required double DurationSeconds { get; init; }

    public required long TotalFrames { get; init; }

    /// <summary>Null where there is none.</summary>
    public required AudioInfo? Audio { get; init; }
}

/// <summary>What came of a look at a file: one of the two.</summary>
public sealed record VideoProbeResult(VideoInfo? Info, ContainerRefusal? Refusal);
