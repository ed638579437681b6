using System.Collections.Concurrent;
using Rtc.Media.Codecs;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Tests.Fakes;

/// <summary>Keeps what a pipeline handed on, and lets a test wait for it without sleeping.</summary>
internal sealed class RecordingOutput : IPipelineOutput
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly object _gate = new();

    public ConcurrentQueue<(uint Timestamp, bool IsKey, byte FirstPixel)> Coded { get; } = new();

    public ConcurrentQueue<(uint Timestamp, bool IsKey, byte FirstPixel)> ThinCoded { get; } = new();

    /// <summary>Of each entry of <see cref="Coded"/>.</summary>
    public ConcurrentQueue<VideoCodec> CodedFormats { get; } = new();

    /// <summary>Of each entry of <see cref="ThinCoded"/>.</summary>
    public ConcurrentQueue<VideoCodec> ThinFormats { get; } = new();

    public ConcurrentQueue<VisionResult> Results { get; } = new();

    public ConcurrentQueue<PipelineNotice> Notices { get; } = new();

    public ConcurrentQueue<(string Loop, string Error, TimeSpan? RestartIn)> LoopErrors { get; } = new();

    public int KeyFrames { get; private set; }

    public bool KeepResults { get; set; } = true;

    public void OnCoded(EncodedFrame picture, ViewMode mode)
    {
        Coded.Enqueue((picture.RtpTimestamp, picture.IsKey, picture.Data[0]));
        CodedFormats.Enqueue(picture.Codec);
        picture.Dispose();
        Wake();
    }

    public void OnThinCoded(EncodedFrame picture)
    {
        ThinCoded.Enqueue((picture.RtpTimestamp, picture.IsKey, picture.Data[0]));
        ThinFormats.Enqueue(picture.Codec);
        picture.Dispose();
        Wake();
    }

    public void OnResult(VisionResult result)
    {
        if (!KeepResults)
        {
            Results.Clear();
        }

        Results.Enqueue(result);
        Wake();
    }

    public void OnLoopError(string loop, Exception error, TimeSpan? restartIn)
    {
        LoopErrors.Enqueue((loop, error.Message, restartIn));
        Wake();
    }

    public void OnKeyFrameNeeded()
    {
        KeyFrames++;
        Wake();
    }

    public void OnNotice(PipelineNotice notice)
    {
        Notices.Enqueue(notice);
        Wake();
    }

    public void Until(Func<bool> condition, string what)
    {
        DateTime end = DateTime.UtcNow + Limit;
        lock (_gate)
        {
            while (!condition())
            {
                if (DateTime.UtcNow > end)
                {
                    throw new TimeoutException(what);
                }

                Monitor.Wait(_gate, 5);
            }
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
