using System.Collections.Concurrent;
using System.Globalization;

namespace Rtc.Media.Containers.Reading;

/// <summary>Which of a file's pictures are read, and how large.</summary>
public sealed record VideoReadOptions
{
    /// <summary>The number of the first, counted from 0 as they are shown.</summary>
    public int First { get; init; }

    /// <summary>Every how manieth from there on.</summary>
    public int Every { get; init; } = 1;

    /// <summary>How many in all; 0: to the end.</summary>
    public int Count { get; init; }

    /// <summary>Into which size they are scaled; 0: the upright picture's own.</summary>
    public int Width { get; init; }

    public int Height { get; init; }

    /// <summary>Lets a first picture that lies far on be sought; without it all before it are decoded.</summary>
    public PictureIndex? Index { get; init; }
}

/// <summary>
/// A file's pictures, one after another, upright and as I420 of the pool's: decoded by ffmpeg in a bounded child process that
/// waits while nobody takes them. For one thread.
/// </summary>
public sealed class VideoReader : IDisposable
{
    private const string Mark = "frame:";
    private const string TimeMark = " pts:";
    private const double TicksPerSecond = 1_000_000;
    private static readonly TimeSpan s_timePatience = TimeSpan.FromSeconds(10);

    private readonly VideoInfo _info;
    private readonly string _path;
    private readonly VideoReadOptions _options;
    private readonly ContainerLimits _limits;
    private readonly PicturePool _pool;
    private readonly CancellationToken _cancel;
    private readonly int _width;
    private readonly int _height;
    private BlockingCollection<long> _times = [];
    private BoundedChild _child;
    private PicturePipe _pipe;
    private bool _isSought;
    private bool _hasEnded;
    private int _taken;

    private VideoReader(
        string path, VideoInfo info, VideoReadOptions options, ContainerLimits limits, PicturePool pool, CancellationToken cancel)
    {
        (_path, _info, _options, _limits, _pool, _cancel) = (path, info, options, limits, pool, cancel);
        _width = options.Width > 0 ? options.Width : info.Width;
        _height = options.Height > 0 ? options.Height : info.Height;
        _isSought = options.Index is { } index && options.First > 0 && options.First < index.Count;
        (_child, _pipe) = Begin();
    }

    /// <summary>Why there are no more pictures; null where the file simply ended.</summary>
    public ContainerRefusal? Refusal { get; private set; }

    /// <param name="path">The file.</param>
    /// <param name="info">What <see cref="VideoProbe"/> said of it.</param>
    /// <param name="options">Which pictures.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="pool">Whose pictures are filled; they count against its memory.</param>
    /// <param name="cancel">Ends a waiting read within the time that killing a process takes.</param>
    public static VideoReader Open(
        string path, VideoInfo info, VideoReadOptions options, ContainerLimits limits, PicturePool pool, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.First);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Every, 1);
        return new VideoReader(path, info, options, limits, pool, cancel);
    }

    /// <param name="picture">The caller's from here on.</param>
    /// <param name="number">Counted from 0 as pictures are shown.</param>
    /// <param name="seconds">When it is shown, from the file's start.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the child is gone.</exception>
    public bool TryRead(out Picture? picture, out int number, out double seconds)
    {
        picture = null;
        number = _options.First + (_taken * _options.Every);
        seconds = 0;
        if (_hasEnded)
        {
            return false;
        }

        Picture next = _pool.Rent(_width, _height);
        _child.LimitWait(_limits.MaxStall);
        while (!_pipe.TryMove(next))
        {
            Refusal = _child.Finish();
            if (Refusal is null && _isSought && _taken == 0)
            {
                // The key picture was none that decoding can begin at: once more from the very start.
                _isSought = false;
                End();
                (_child, _pipe) = Begin();
                _child.LimitWait(_limits.MaxStall);
                continue;
            }

            next.Dispose();
            _hasEnded = true;
            return false;
        }

        _child.LimitWait(Timeout.InfiniteTimeSpan);
        if (!_times.TryTake(out long ticks, s_timePatience))
        {
            next.Dispose();
            _cancel.ThrowIfCancellationRequested();
            throw new InvalidOperationException("ffmpeg gave a picture and not its time");
        }

        _taken++;
        picture = next;
        seconds = (ticks / TicksPerSecond) - _info.StartSeconds;
        return true;
    }

    public void Dispose()
    {
        _hasEnded = true;
        End();
    }

    private void End()
    {
        _child.Dispose();
        _pipe.Dispose();
    }

    private (BoundedChild Child, PicturePipe Pipe) Begin()
    {
        BlockingCollection<long> times = _times = [];
        List<string> arguments = ["-v", "error", "-nostdin", "-nostats", "-copyts", "-filter_threads", "1"];
        if (_isSought && _options.Index!.KeyBefore(_options.First) is var key and > long.MinValue)
        {
            string start = (key * _info.TimeBase.Value).ToString("0.000000", CultureInfo.InvariantCulture);
            arguments.AddRange(["-noaccurate_seek", "-seek_timestamp", "1", "-ss", start]);
        }

        arguments.AddRange(InputArguments.For(_path, _info.Format, _limits));
        arguments.AddRange(
        [
            "-map", string.Create(CultureInfo.InvariantCulture, $"0:{_info.StreamIndex}"), "-vf", Filters(), "-vsync", "passthrough",
        ]);
        if (_options.Count > 0)
        {
            arguments.AddRange(["-frames:v", _options.Count.ToString(CultureInfo.InvariantCulture)]);
        }

        arguments.AddRange(["-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"]);
        BoundedChild child = BoundedChild.Start("ffmpeg", arguments, _limits, line => OnLine(times, line), _cancel);
        return (child, new PicturePipe(child.Output));
    }

    /// <summary>
    /// What is chosen, told with its time on the error output, in the size that is waited for. A stream that changes its size
    /// midway is scaled back; one that doesn't passes untouched.
    /// </summary>
    private string Filters()
    {
        string from = _isSought
            ? string.Create(CultureInfo.InvariantCulture, $"gte(pts,{_options.Index!.TimeOf(_options.First)})")
            : string.Create(CultureInfo.InvariantCulture, $"gte(n,{_options.First})");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"select='{from}*(eq(selected_n,0)+gte(n-prev_selected_n,{_options.Every}))',settb=AVTB,metadata=mode=add:key=rtc:value=1,"
            + $"metadata=mode=print:key=rtc:direct=1:file='pipe\\:2',scale={_width}:{_height},format=yuv420p");
    }

    /// <summary>"frame:0    pts:33333   pts_time:0.033333".</summary>
    private static void OnLine(BlockingCollection<long> times, string line)
    {
        int at = line.StartsWith(Mark, StringComparison.Ordinal) ? line.IndexOf(TimeMark, StringComparison.Ordinal) : -1;
        if (at >= 0)
        {
            ReadOnlySpan<char> rest = line.AsSpan(at + TimeMark.Length).TrimStart();
            int end = rest.IndexOf(' ');
            times.Add(long.TryParse(end < 0 ? rest : rest[..end], CultureInfo.InvariantCulture, out long ticks) ? ticks : 0);
        }
    }
}
