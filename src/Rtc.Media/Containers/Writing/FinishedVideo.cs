using System.Globalization;
using Rtc.Media.Containers.Reading;

namespace Rtc.Media.Containers.Writing;

/// <summary>How a finished video is written.</summary>
public sealed record FinishedVideoOptions
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Pictures a second.</summary>
    public required Ratio FrameRate { get; init; }

    /// <summary>x264's constant rate factor: lower is better and larger.</summary>
    public int Quality { get; init; } = 20;

    public string Preset { get; init; } = "veryfast";

    /// <summary>As VP8 in WebM, in which each pixel has its opacity, in place of H.264 in MP4.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>The file whose sound goes along as AAC, with what is known of it; null: none.</summary>
    public (string Path, VideoInfo Info)? Sound { get; init; }
}

/// <summary>
/// Writes pictures as H.264 into an MP4 whose index stands in front, so that it plays while it loads, or as VP8 with their opacity
/// into a WebM: encoded by ffmpeg in a bounded child process. Until it is finished the file has another name. For one thread.
/// </summary>
public sealed class FinishedVideo : IDisposable
{
    private const string Opaque = "yuv420p";
    private const string WithAlpha = "yuva420p";

    // Of libvpx: fine enough to be cut again.
    private const string AlphaRate = "8M";
    private const string AlphaQuality = "8";

    private readonly BoundedChild _child;
    private readonly ContainerLimits _limits;
    private readonly FinishedVideoOptions _options;
    private readonly string _path;
    private readonly string _part;
    private readonly PicturePipe _pipe;
    private bool _isFinished;

    private FinishedVideo(BoundedChild child, ContainerLimits limits, FinishedVideoOptions options, string path, string part)
    {
        (_child, _limits, _options, _path, _part) = (child, limits, options, path, part);
        _pipe = new PicturePipe(child.Input);
    }

    /// <summary>Why it can't be written; null while all is well.</summary>
    public ContainerRefusal? Refusal { get; private set; }

    /// <summary>How large it is so far.</summary>
    public long Bytes => new FileInfo(_part) is { Exists: true } file ? file.Length : 0;

    /// <param name="path">Where it appears once it is whole.</param>
    /// <param name="options">What it is to be.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="cancel">Ends a waiting write.</param>
    public static FinishedVideo Create(string path, FinishedVideoOptions options, ContainerLimits limits, CancellationToken cancel)
    {
        string part = path + ".part";
        string threads = limits.Threads.ToString(CultureInfo.InvariantCulture);
        List<string> arguments =
        [
            "-v", "error", "-nostdin", "-nostats", "-y", "-f", "rawvideo", "-pix_fmt", options.HasAlpha ? WithAlpha : Opaque,
            "-video_size", string.Create(CultureInfo.InvariantCulture, $"{Even(options.Width)}x{Even(options.Height)}"),
            "-framerate", string.Create(CultureInfo.InvariantCulture, $"{options.FrameRate.Numerator}/{options.FrameRate.Denominator}"),
            "-i", "pipe:0",
        ];
        if (options.Sound is { Info.Audio: { } audio } sound)
        {
            arguments.AddRange(InputArguments.For(sound.Path, sound.Info.Format, limits));
            arguments.AddRange(
            [
                "-map", "0:v", "-map", string.Create(CultureInfo.InvariantCulture, $"1:{audio.StreamIndex}"), "-c:a", "aac", "-b:a", "160k",
            ]);
        }

        arguments.AddRange(options.HasAlpha
            ?
            [
                "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0", "-b:v", AlphaRate, "-crf", AlphaQuality,
                "-pix_fmt", WithAlpha, "-metadata:s:v:0", "alpha_mode=1", "-threads", threads, "-f", "webm",
            ]
            :
            [
                "-c:v", "libx264", "-preset", options.Preset, "-crf", options.Quality.ToString(CultureInfo.InvariantCulture),
                "-threads", threads, "-pix_fmt", Opaque, "-movflags", "+faststart", "-f", "mp4",
            ]);
        arguments.Add("file:" + Path.GetFullPath(part));
        return new FinishedVideo(BoundedChild.Start("ffmpeg", arguments, limits, null, cancel), limits, options, path, part);
    }

    /// <summary>False where it can't go on; the picture stays the caller's.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the child is gone.</exception>
    public bool TryWrite(PictureView picture) => TryWrite(picture, []);

    /// <param name="picture">Stays the caller's.</param>
    /// <param name="alpha">How opaque each pixel is, row by row; empty where the video has none.</param>
    /// <returns>False where it can't go on.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled; the child is gone.</exception>
    public bool TryWrite(PictureView picture, ReadOnlySpan<byte> alpha)
    {
        if (alpha.Length != (_options.HasAlpha ? picture.Width * picture.Height : 0))
        {
            throw new ArgumentException("The video has opacity, or it has none.", nameof(alpha));
        }

        if (picture.Width != _options.Width || picture.Height != _options.Height)
        {
            throw new ArgumentException("The picture has another size than the video.", nameof(picture));
        }

        if (Refusal is not null)
        {
            return false;
        }

        _child.LimitWait(_limits.MaxStall);
        if (!(_options.HasAlpha ? _pipe.TryWrite(picture, alpha) : _pipe.TryMove(picture, isMadeEven: true)))
        {
            Refusal = _child.Finish() ?? new ContainerRefusal(ContainerError.Storage, "The video can't be written.");
            return false;
        }

        _child.LimitWait(Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <summary>The last picture was written: gives the file its name.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the child is gone.</exception>
    public bool TryFinish()
    {
        if (Refusal is not null)
        {
            return false;
        }

        _child.Input.Dispose();
        Refusal = _child.Finish(_limits.MaxStall);
        if (Refusal is not null)
        {
            return false;
        }

        File.Move(_part, _path, overwrite: true);
        _isFinished = true;
        return true;
    }

    /// <summary>H.264 with 4:2:0 has even sides.</summary>
    private static int Even(int side) => (side + 1) & ~1;

    /// <summary>What was not finished leaves no file.</summary>
    public void Dispose()
    {
        _child.Dispose();
        _pipe.Dispose();
        if (!_isFinished)
        {
            File.Delete(_part);
        }
    }
}
