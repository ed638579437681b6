using System.Runtime.InteropServices;
using Rtc.Inference;
using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Following;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Masks;
using Rtc.Pipeline.Privacy;
using Rtc.Pipeline.Remote;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Targets;
using Rtc.Pipeline.Tracking;
using Rtc.Pipeline.Zones;

namespace Rtc.Pipeline.Loops;

/// <summary>
/// What happens to a picture on the inference loop, in order: detect (or coast), track, follow the targets, cut them
/// out, publish. Synchronous and without a thread of its own; one loop calls it.
/// </summary>
internal sealed class VisionStage : IDisposable
{
    /// <summary>For the cost of masks, which comes every few pictures.</summary>
    private const double Smoothing = 0.1;

    private readonly RoomPipelineOptions _options;
    private readonly IModelHost _models;
    private readonly IPipelineOutput _output;
    private readonly SharedScene _board;
    private readonly TimeProvider _time;
    private readonly PipelineCounters _counters;
    private RoomDetector _detector;
    private TargetFollower _targets;
    private readonly ClassStage _classes;
    private readonly Func<int, SceneTrack?> _findLost;
    private readonly ResultMask _resultMask = new();
    private readonly TrackIds _ids = new();
    private readonly TrackStage _tracks;
    private CameraShift? _camera;
    private readonly RemoteObjects _remote;
    private readonly SceneResume _resume;
    private readonly LevelPolicy _level = new();
    private readonly List<Detection> _detections = [];
    private readonly List<SceneTrack> _scene = [];
    private readonly List<RectF> _faces = [];
    private PeopleWatch _people = new();
    private FaceDetector _faceDetector;
    private string? _privacyWarnedFor;
    private volatile string _model = "";
    private volatile string _provider = "";
    private volatile string? _modelProblem;
    private double _possibleRate = double.PositiveInfinity;
    private readonly DetectionCost _cost = new();
    private double _maskMs;
    private long _reportedTicks = long.MinValue;

    public VisionStage(
        RoomPipelineOptions options, IModelHost models, IPipelineOutput output, SharedScene board, PipelineCounters counters,
        TimeProvider time, RemoteLabels? remoteLabels = null)
    {
        remoteLabels ??= new RemoteLabels();
        _tracks = new TrackStage(_ids, remoteLabels);
        _remote = new RemoteObjects(_ids, remoteLabels);
        _resume = new SceneResume(_ids, remoteLabels, board);
        _options = options;
        _models = models;
        _output = output;
        _faceDetector = new FaceDetector(models, output);
        _board = board;
        _time = time;
        _counters = counters;
        _detector = new RoomDetector(models, output);
        _classes = new ClassStage(models, output, board, time);
        _targets = new TargetFollower(models, output, board, _ids, time);
        _findLost = id => _tracks.FindLost(id, _detector);
    }

    /// <summary>Zones, lines and heat of the room.</summary>
    public RoomTally Tally { get; } = new();

    public Level Level => _level.Current;

    public string LevelReason => _level.Reason;

    /// <summary>As of the last picture; read from any thread, also once the handle is gone.</summary>
    public string Model => _model;

    public string Provider => _provider;

    public string? ModelProblem => _modelProblem;

    /// <summary>Goes on from what another server's pipeline followed, with the next picture.</summary>
    public void Resume(SceneSnapshot snapshot) => _resume.Put(snapshot);

    /// <summary>Looks at one picture, which stays the caller's.</summary>
    public VisionResult Process(Picture picture, in PictureInfo info, RoomSettings settings)
    {
        var times = new VisionTimes();
        Prepare(picture.Width, picture.Height, settings);
        _resume.Apply(_tracks.Tracker, info, _tracks.Units, settings);
        bool opened = _detector.Open(settings);
        DegradationStep degradation = DegradationStep.Of(_level.Current);

        // What the model before found goes by its own class numbers: the next one looks at once.
        bool detects = opened || _tracks.IsDue(info, settings, degradation);
        double queueMs = Math.Max(0, _time.Milliseconds() - info.ReceivedMs);
        if (detects)
        {
            times = Detect(picture, info, settings, degradation, queueMs);
        }
        else
        {
            _tracks.Coast();
            times.QueueMs = queueMs;
        }

        if (!opened)
        {
            // The picture that waited for a model to be loaded says nothing about load.
            _level.Update(_time.Milliseconds(), times.QueueMs, _possibleRate);
        }

        FollowTargets(picture, info, settings, detects);
        if (settings.Reidentify && detects)
        {
            _targets.Recognise(picture, info, _tracks.Units, _scene);
        }

        times.MaskMs = _classes.Map(picture, settings, degradation, detects);
        Publish(info);
        times.MaskMs += _targets.CutOut(picture, info, _tracks.Units, settings, degradation);
        _maskMs += degradation.Masks ? Smoothing * ((times.MaskMs * degradation.MaskFactor) - _maskMs) : 0;
        _targets.Tell();
        WarnOfPrivacy(settings);
        (_model, _provider, _modelProblem) = (_detector.Model, _detector.Provider, _detector.Problem);
        VisionResult result = Result(info, times);
        Count(result, info, settings, detects);
        return result;
    }

    /// <summary>Whether this picture, or one after it, was reported.</summary>
    public bool HasReported(in PictureInfo info) => info.Ticks <= _reportedTicks;

    /// <summary>Takes what a member found in place of a detection; null where that picture is not to be reported.</summary>
    public VisionResult? Adopt(RemoteDetections seen, in SizedPicture picture, RoomSettings settings)
    {
        PictureInfo info = picture.Info;
        if (settings.Mode == ViewMode.Privacy || HasReported(info))
        {
            return null;
        }

        Prepare(picture.Width, picture.Height, settings);
        double steps = _tracks.EverDetected ? _tracks.StepsSinceDetected(info) : 1;
        int? masked = _remote.Follow(seen, _tracks.Units, settings, _tracks.Tracker, steps, _scene);
        _tracks.OnRemote(info);
        _targets.Follow(info, _scene, _findLost);
        Publish(info);
        _targets.Tell();
        (_model, _provider) = (seen.Model, seen.Provider);
        VisionResult result = Result(info, default) with
        {
            Model = seen.Model,
            Provider = seen.Provider,
            IsRemote = true,
            Level = Level.Optimal,
            Mask = null,
            MaskTrackId = masked,
            RemoteMask = masked is null ? null : seen.Mask,
            QueueTime = seen.QueueTime,
            DetectTime = seen.DetectTime,
            TrackTime = seen.TrackTime,
            MaskTime = seen.MaskTime,
        };
        Count(result, info, settings, detected: false);
        return result;
    }

    /// <summary>A picture while a member detects: it is looked at for what is in focus alone, and nothing is reported.</summary>
    public void Attend(Picture picture, in PictureInfo info, RoomSettings settings)
    {
        Prepare(picture.Width, picture.Height, settings);
        FollowTargets(picture, info, settings, detected: false);
        Publish(info);
        _targets.CutOut(picture, info, _tracks.Units, settings, DegradationStep.Of(_level.Current));
        _targets.Tell();
    }

    /// <summary>After an exception: model, tracker and masks begin anew. Counts and the ids that are taken stay.</summary>
    public void Renew()
    {
        Dispose();
        _detector = new RoomDetector(_models, _output);
        _classes.Renew();
        _targets = new TargetFollower(_models, _output, _board, _ids, _time);
        _camera = null;
        _people = new PeopleWatch();
        _faceDetector = new FaceDetector(_models, _output);
        _tracks.Renew();
    }

    public void Dispose()
    {
        _detector.Dispose();
        _faceDetector.Dispose();
        _classes.Dispose();
        _targets.Dispose();
    }

    private void Prepare(int width, int height, RoomSettings settings)
    {
        if (_tracks.Prepare(width, height, settings))
        {
            _people.Clear();
        }
    }

    /// <summary>What is in focus is followed by the tracks as of this picture.</summary>
    private void FollowTargets(Picture picture, in PictureInfo info, RoomSettings settings, bool detected)
    {
        _tracks.Describe(info, settings, _detector, detected, _scene);
        _targets.AnswerTaps(picture, info, _tracks.Units, settings, _scene);
        _tracks.Reach(info);
        _targets.Follow(info, _scene, _findLost);
    }

    private void Publish(in PictureInfo info) => _board.Publish(info, _tracks.Units, _scene, _detector.KnowsPeople);

    private void Count(VisionResult result, in PictureInfo info, RoomSettings settings, bool detected)
    {
        _reportedTicks = info.Ticks;
        Tally.See((TrackedObject[])result.Detections, info.Ticks / (double)MediaTimeline.TicksPerSecond, settings);
        _counters.Processed(result, detected);
    }

    /// <summary>Once for each model.</summary>
    private void WarnOfPrivacy(RoomSettings settings)
    {
        if (settings.Mode == ViewMode.Privacy && !_detector.KnowsPeople && _privacyWarnedFor != _detector.Model)
        {
            _privacyWarnedFor = _detector.Model;
            _output.OnNotice(new PipelineNotice("privacy_without_people", _options.Privacy.FailClosed
                ? $"{_detector.Model} does not know people: the whole picture is blurred until a model is chosen that does"
                : $"{_detector.Model} does not know people: all that it finds is blurred, and people that it misses are not",
                    Recoverable: true));
        }
    }

    private VisionTimes Detect(
        Picture picture, in PictureInfo info, RoomSettings settings, in DegradationStep degradation, double queueMs)
    {
        long before = _time.GetTimestamp();
        DetectTimings detector = _detector.Detect(picture, settings, degradation.InputScale, _detections);
        if (settings.Mode == ViewMode.Privacy && _options.Privacy.Faces)
        {
            _faceDetector.Find(picture, info, _tracks.Units, _faces);
        }

        double wholeMs = _time.GetElapsedTime(before).TotalMilliseconds;
        before = _time.GetTimestamp();
        Track(picture, info, settings);
        _cost.Add(wholeMs, degradation.InputScale);
        _possibleRate = 1000 / Math.Max(_cost.FullMs + _maskMs, 0.01);
        return new VisionTimes
        {
            QueueMs = queueMs + detector.Wait,
            DetectMs = wholeMs - detector.Wait,
            TrackMs = _time.GetElapsedTime(before).TotalMilliseconds,
        };
    }

    /// <summary>Takes the detections of this picture into the tracks.</summary>
    private void Track(Picture picture, in PictureInfo info, RoomSettings settings)
    {
        Span<Detection> detections = CollectionsMarshal.AsSpan(_detections);
        for (int i = 0; i < detections.Length; i++)
        {
            detections[i] = detections[i] with { Box = _tracks.Units.FromPixels(detections[i].Box) };
        }

        if (settings.CameraMotion || TrackStage.KindOf(settings) == TrackerKind.BotSort)
        {
            (float shiftX, float shiftY) = (_camera ??= new CameraShift()).Update(picture, _tracks.Units);
            if (_tracks.EverDetected && (shiftX != 0 || shiftY != 0))
            {
                _tracks.Tracker.Shift(shiftX, shiftY);
            }
        }

        _tracks.Update(detections, info);
        if (settings.Mode == ViewMode.Privacy)
        {
            _board.PublishPeople(_people.See(info, detections, _faces, _tracks.Tracker, _detector), _tracks.Units);
        }

        _tracks.OnDetected(info);
    }

    private VisionResult Result(in PictureInfo info, in VisionTimes times)
    {
        RoomUnits units = _tracks.Units;
        var objects = new TrackedObject[_scene.Count];
        int count = 0;
        foreach (SceneTrack track in _scene)
        {
            RectF box = units.ToFractions(track.Motion.Box);
            if (box.Area > 0)
            {
                objects[count++] = new TrackedObject(track.Id, track.ClassId, track.Label, track.Score, box, track.Predicted);
            }
        }

        (int first, RectF firstBox) = _targets.Box(0, info);
        (int second, RectF secondBox) = _targets.Box(1, info);
        int shown = first != 0 ? first : second;
        PropagatedMask mask = _targets.Mask(first != 0 ? 0 : 1);
        bool hasMask = shown != 0 && mask.TargetId == shown;
        return new VisionResult
        {
            FrameId = info.FrameId,
            RtpTimestamp = info.RtpTimestamp,
            CaptureMs = info.CaptureMs,
            ReceivedMs = info.ReceivedMs,
            InferenceMs = _time.Milliseconds(),
            Width = units.PictureWidth,
            Height = units.PictureHeight,
            Model = _detector.Model,
            Provider = _detector.Provider,
            Level = _level.Current,
            TargetId = shown != 0 ? shown : null,
            SecondTargetId = first != 0 && second != 0 ? second : null,
            Detections = count == objects.Length ? objects : objects[..count],
            Mask = hasMask ? _resultMask.Write(mask, first != 0 ? firstBox : secondBox, units) : null,
            MaskTrackId = hasMask ? shown : null,
            Classes = _classes.Shares,
            QueueTime = times.QueueMs,
            DetectTime = times.DetectMs,
            TrackTime = times.TrackMs,
            MaskTime = times.MaskMs,
        };
    }
}
