using System.Diagnostics;
using System.Text.Json.Nodes;
using Rtc.Jobs;
using Rtc.Server.Options;
using Rtc.Server.Videos;
using Rtc.Store.Files;
using Rtc.Store.Users;
using Rtc.Store.Videos;
using Rtc.Studio;
using Rtc.Studio.Clips;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Studio;

/// <summary>
/// Clips that somebody clicks on: decoded once, kept open while clicks come, few at a time. Live rooms come first: while they lack the
/// processor, clicks are refused. Owns the clips.
/// </summary>
internal sealed class StudioPreviews(
    RtcOptions options, ClipWork work, StudioFolder folder, VideoTable videos, VideoFiles files, IJobPace pace, TimeProvider time)
    : IDisposable
{
    private const int MaxOpen = 4;
    private const int MaxWaiting = 16;

    // Half a picture more for its colours; clips are no larger than that and no faster.
    private const long MaxFrameBytes = ClipLimits.MaxLongSide * ClipLimits.MaxShortSide * 3L / 2;
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<VideoId, OpenClip> _open = [];
    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));
    private ITimer? _timer;
    private int _waiting;

    /// <summary>Clips that are open.</summary>
    internal int Count => _open.Count;

    /// <summary>The outline of the clicks; without one, when each picture of the clip is shown.</summary>
    /// <exception cref="UploadException">It is refused.</exception>
    public async Task<JsonObject> OutlineAsync(UserId user, string? videoId, StudioRequest wanted, CancellationToken cancel)
    {
        bool isClick = wanted.X is not null || wanted.Y is not null || wanted.Points is not null;
        if (isClick && wanted.CheckPoint() is { } wrong)
        {
            throw new UploadException(StatusCodes.Status400BadRequest, "request", wrong);
        }

        Video video = await StudioTasks.VideoAsync(videos, user, videoId, cancel);
        if (pace.Current == JobPace.Paused)
        {
            throw Busy("Live rooms need the processor at the moment.");
        }

        long began = Stopwatch.GetTimestamp();
        try
        {
            return await UseAsync(video, clip =>
            {
                double opened = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                JsonObject answer = View(video, clip, wanted, isClick);
                answer["timings_ms"] = new JsonObject
                {
                    ["open"] = Math.Round(opened, 1),
                    ["mask"] = Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds - opened, 1),
                };
                return answer;
            }, cancel);
        }
        catch (StudioException error)
        {
            throw new UploadException(StatusCodes.Status400BadRequest, error.Code, error.Message);
        }
        catch (FileNotFoundException)
        {
            throw new UploadException(StatusCodes.Status404NotFound, "unknown_video", "The video's file is gone.");
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_gate)
        {
            foreach (OpenClip clip in _open.Values)
            {
                clip.Dispose();
            }

            _open.Clear();
        }

        _places.Dispose();
    }

    private static JsonObject View(Video video, ClipPreview clip, StudioRequest wanted, bool isClick)
    {
        var view = new JsonObject
        {
            ["video_id"] = video.Id.ToString(),
            ["frame_idx"] = wanted.FrameIndex,
            ["frames"] = clip.Times.Count,
            ["width"] = clip.Clip.Width,
            ["height"] = clip.Clip.Height,
            ["fps"] = Math.Round(clip.Clip.FrameRate.Value, 3),
            ["engine"] = new JsonObject { ["mask"] = clip.Engine },
        };
        if (!isClick)
        {
            view["times"] = new JsonArray([.. clip.Times.Select(seconds => (JsonNode)Math.Round(seconds, 4))]);
            return view;
        }

        MaskRuns mask = clip.Outline(wanted);
        view["found"] = mask.Area > 0;
        view["rle"] = new JsonArray(
            [.. mask.Area > 0 ? mask.Counts.Select(run => (JsonNode)run) : [(JsonNode)(clip.Clip.Width * clip.Clip.Height)]]);
        return view;
    }

    private async Task<T> UseAsync<T>(Video video, Func<ClipPreview, T> use, CancellationToken cancel)
    {
        OpenClip open = Take(video.Id);
        try
        {
            await open.Turn.WaitAsync(cancel);
            try
            {
                await _places.WaitAsync(cancel);
                try
                {
                    if (open.Clip is null)
                    {
                        using FileCopy copy = await files.Store.OpenAsync(video.File, cancel) ?? throw new FileNotFoundException();
                        open.Clip = await Task.Run(() => Open(video, copy.Path, cancel), cancel);
                    }

                    return await Task.Run(() => use(open.Clip), cancel);
                }
                finally
                {
                    _places.Release();
                }
            }
            finally
            {
                open.Turn.Release();
            }
        }
        finally
        {
            Return(open);
        }
    }

    private ClipPreview Open(Video video, string file, CancellationToken cancel)
    {
        string at = Path.Combine(folder.Root, "previews");
        Directory.CreateDirectory(at);
        double pictures = Math.Min(video.Facts.TotalFrames, ClipLimits.MaxFrameRate * (work.Limits.MaxSeconds + 1));
        StudioDisk.Require(options, folder, (long)pictures * MaxFrameBytes);
        return work.Preview(file, at, cancel);
    }

    private OpenClip Take(VideoId video)
    {
        lock (_gate)
        {
            if (_waiting == MaxWaiting)
            {
                throw Busy("Too many clicks wait already.");
            }

            _waiting++;
            _timer ??= time.CreateTimer(_ => CloseIdle(), null, s_idle, s_idle);
            if (!_open.TryGetValue(video, out OpenClip? open))
            {
                _open.Add(video, open = new OpenClip());
            }

            open.Users++;
            return open;
        }
    }

    private void Return(OpenClip open)
    {
        lock (_gate)
        {
            _waiting--;
            open.Users--;
            open.LastUsed = time.GetTimestamp();
        }

        CloseIdle();
    }

    /// <summary>Closes what was idle for too long or could not be opened, and the longest idle of too many.</summary>
    internal void CloseIdle()
    {
        lock (_gate)
        {
            int left = Count;
            foreach ((VideoId id, OpenClip open) in _open.Where(one => one.Value.Users == 0).OrderBy(one => one.Value.LastUsed).ToArray())
            {
                if (left > MaxOpen || open.Clip is null || time.GetElapsedTime(open.LastUsed) >= s_idle)
                {
                    _open.Remove(id);
                    open.Dispose();
                    left--;
                }
            }
        }
    }

    private static UploadException Busy(string why) => new(StatusCodes.Status503ServiceUnavailable, "overloaded", why);

    /// <summary>One clip; its turn is whose thread it is on.</summary>
    private sealed class OpenClip : IDisposable
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public ClipPreview? Clip { get; set; }

        public int Users { get; set; }

        public long LastUsed { get; set; }

        public void Dispose()
        {
            Clip?.Dispose();
            Turn.Dispose();
        }
    }
}
