using System.Diagnostics.CodeAnalysis;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Loops;
using Rtc.Pipeline.Remote;
using Rtc.Pipeline.Rendering;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline;

/// <summary>
/// All that happens to one room's pictures. It owns two loops, each a thread: one decodes, draws and encodes every
/// picture and never waits for a model; the other looks at the newest picture as often as the machine can. The room
/// creates it when a publisher comes and disposes it when the room ends; everything else may be called from any thread.
/// </summary>
public sealed class RoomPipeline : IAsyncDisposable
{
    /// <summary>What coding a phone's pictures again may take at most, of what they took.</summary>
    public const double MaxRecodedShare = SourceMeter.MaxShare;

    private readonly RoomPipelineOptions _options;
    private readonly IModelHost _models;
    private readonly IPipelineOutput _output;
    private readonly TimeProvider _time;
    private readonly RoomControls _controls;
    private readonly PipelineCounters _counters;
    private readonly SharedScene _board = new();
    private readonly CodedQueue _queue;
    private readonly LatestFrame _latest;
    private readonly ICodecFactory _codecs;
    private readonly PicturePool _pictures;
    private readonly PreviewShelf _preview;
    private readonly RenderStage _render;
    private readonly VisionStage _vision;
    private readonly RemoteReports _remote;
    private readonly PipelineFigures _figures;
    private readonly VisionLoop _looks;
    private readonly ManualResetEventSlim _ended = new();
    private readonly Lazy<Task> _loops;
    private volatile VisionResult? _newest;
    private volatile string? _error;
    private int _disposed;

    public RoomPipeline(
        RoomPipelineOptions options, IModelHost models, PicturePool pictures, IPipelineOutput output, TimeProvider time,
        ICodecFactory codecs)
    {
        if (options.Settings.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        _options = options;
        _models = models;
        _output = output;
        _time = time;
        _controls = new RoomControls(options);
        _counters = new PipelineCounters(time);
        _queue = new CodedQueue(options.QueueCapacity);
        _latest = new LatestFrame(time);
        _codecs = codecs;
        _pictures = pictures;
        _preview = new PreviewShelf(pictures, time);
        _render = new RenderStage(options, codecs, pictures, output, _board, _latest, _controls, _preview, _counters, time);
        var labels = new RemoteLabels();
        _vision = new VisionStage(options, models, output, _board, _counters, time, labels);
        _remote = new RemoteReports(_controls, _vision, labels, time, Tell);
        _figures = new PipelineFigures(_counters, _queue, _latest, _vision, time);
        var renders = new RenderLoop(_queue, _render, new Backlog(options.MaxBehindMs), time);
        _looks = new VisionLoop(_latest, _vision, _remote, _controls, _board, time, Tell);
        _loops = new Lazy<Task>(
            () => Task.WhenAll(Start("render", renders.Run, _render.Renew), Start("vision", _looks.Run, _vision.Renew)));
    }

    public RoomSettings Settings => _controls.Settings;

    /// <summary>Whether a viewer watches; without one nothing is drawn or encoded. True at first.</summary>
    public bool WantVideo
    {
        get => _controls.WantVideo;
        set => _controls.WantVideo = value;
    }

    /// <summary>
    /// Whether results are wanted. With neither this nor <see cref="WantVideo"/> nothing is even decoded. True at first.
    /// </summary>
    public bool WantResults
    {
        get => _controls.WantResults;
        set => _controls.WantResults = value;
    }

    public VisionResult? Latest => _newest;

    /// <summary>Null before the first result.</summary>
    public SceneSnapshot? Snapshot => _newest is { } newest ? SceneSnapshot.Of(newest) : null;

    /// <summary>
    /// Goes on from what another server's pipeline of this room followed: ids and what is in focus stay. To be called before the first
    /// picture.
    /// </summary>
    public void Resume(SceneSnapshot snapshot) => _vision.Resume(snapshot);

    public PipelineStats Stats => _figures.Read(RestsForRemote, _error);

    /// <summary>
    /// Takes over one reference to the next coded picture, in order, and returns at once. False where it had to be dropped:
    /// the room is behind, everything up to the next key frame goes too, and one is asked for.
    /// </summary>
    public bool TryPush(EncodedFrame picture)
    {
        Interlocked.Increment(ref _counters.Received);
        _counters.ReceivedRate.Mark(_time.Milliseconds());
        _ = _loops.Value;
        return _queue.TryPush(picture);
    }

    /// <summary>Null once the settings are taken; else why they are refused, and nothing changed.</summary>
    public string? TryConfigure(RoomSettings next)
    {
        if (next.Problem() is { } problem)
        {
            return problem;
        }

        if (next.Model != Settings.Model && !IsKnown(next.Model))
        {
            return $"no model \"{next.Model}\"";
        }

        _controls.Settings = next;
        _queue.Signal();
        return null;
    }

    /// <summary>
    /// Puts what is at this place (in fractions of the upright picture) in focus: the smallest box under it, else
    /// the nearest within reach, else whatever the mask model finds there. Two slots, 0 and 1; null is 0.
    /// </summary>
    public bool Select(float x, float y, int? slot = null) =>
        x is >= 0 and <= 1 && y is >= 0 and <= 1 && _board.Select(new PlaceF(x, y), slot ?? 0);

    public void Release() => _board.Release();

    /// <summary>
    /// Takes what a member found in one of the room's pictures; while such results come the room's own detector rests. One
    /// caller at a time.
    /// </summary>
    public RemoteVerdict Report(RemoteDetections seen)
    {
        RemoteVerdict verdict = _remote.Take(seen);
        if (verdict == RemoteVerdict.Accepted)
        {
            _latest.Wake();
        }

        return verdict;
    }

    /// <summary>No member detects any more: the room's own detector goes on with the next picture.</summary>
    public void EndRemote()
    {
        _controls.Remote.End();
        _latest.Wake();
    }

    /// <summary>Whether the room's own detector rests because a member detects.</summary>
    public bool RestsForRemote => _controls.Rests(_time.Milliseconds());

    /// <summary>The next coded picture is a key frame.</summary>
    public void RequestKeyFrame() => _controls.RequestKeyFrame();

    /// <summary>
    /// Codes the source as it came a second time, at this rate, for those whose links or codecs its own stream does not fit; 0 ends it.
    /// </summary>
    public void SetThin(int kilobitsPerSecond, int temporalLayers, VideoFormats formats)
    {
        _controls.ThinFormats = formats;
        _controls.ThinTemporalLayers = temporalLayers;
        _controls.ThinKbps = Math.Max(0, kilobitsPerSecond);
    }

    /// <summary>The next picture that is coded for thin links is a key frame.</summary>
    public void RequestThinKeyFrame() => _controls.RequestThinKeyFrame();

    /// <summary>
    /// Two temporal layers let a thin link take half of the pictures and cost a third of the bits, since pictures then
    /// refer to others than the phone's do; one where all links carry all.
    /// </summary>
    public void SetBitrate(int kilobitsPerSecond, int temporalLayers = 1)
    {
        _controls.BitrateKbps = Math.Max(1, kilobitsPerSecond);
        _controls.TemporalLayers = temporalLayers;
    }

    /// <summary>Each is an encode of every picture.</summary>
    public VideoFormats OutputFormats
    {
        get => _controls.OutputFormats;
        set => _controls.OutputFormats = value;
    }

    /// <summary>
    /// What the room looked like within the last second, as JPEG. False at the first asking (the next picture is kept
    /// then, for as long as it is asked for) and where no picture came. Blurred as the video is while the room is
    /// private. Encodes on the caller's thread.
    /// </summary>
    public bool TrySnapshot(int maxWidth, [NotNullWhen(true)] out byte[]? jpeg)
    {
        jpeg = _preview.Use(
            picture => _codecs.EncodeJpeg(picture, Math.Max(16, maxWidth), _pictures),
            () => Settings.Mode == ViewMode.Privacy);
        return jpeg is not null;
    }

    /// <summary>The very next picture is kept for <see cref="TrySnapshot"/>, whoever asks for it.</summary>
    public void KeepNextPicture() => _preview.KeepNext();

    /// <summary>It has come since.</summary>
    public bool HasNextPicture => _preview.HasNext;

    /// <summary>Where things were since the room began: 64×36 cells over the picture, the busiest 255.</summary>
    public Mask Heat() => _vision.Tally.Heat(Math.Max(1, _counters.Width), Math.Max(1, _counters.Height));

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        _ended.Set();
        _queue.Dispose();
        _latest.Dispose();
        if (_loops.IsValueCreated)
        {
            await _loops.Value.ConfigureAwait(false);
        }

        _looks.Dispose();
        _preview.Dispose();
        _render.Dispose();
        _vision.Dispose();
        _ended.Dispose();
    }

    private bool IsKnown(string model) =>
        model is "auto" or "motion" || _models.Listed.Any(known => known.Name == model);

    /// <summary>With the first picture: a room that was only opened has no thread.</summary>
    private Task Start(string name, Action loop, Action renew)
    {
        var supervisor = new LoopSupervisor(name, _options, _output, _counters, _time);
        return Task.Factory.StartNew(
            () =>
            {
                if (supervisor.Run(loop, renew, _ended) is { } error)
                {
                    Fail(error);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private void Tell(VisionResult result)
    {
        _newest = result;
        _output.OnResult(result);
        if (_controls.Settings.Alignment == Alignment.Exact)
        {
            _queue.Signal();
        }
    }

    /// <summary>One of the loops was given up: that ends this room's pipeline and nothing else.</summary>
    private void Fail(Exception error)
    {
        _error = error.Message;
        _queue.Dispose();
        _latest.Dispose();
        _output.OnNotice(
            new PipelineNotice("pipeline_failed", "The room's video ended with an error. Open the room anew.", Recoverable: false));
    }
}
