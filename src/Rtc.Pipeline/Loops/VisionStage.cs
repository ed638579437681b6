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
    /// <summary>A pause of more than this between two pictures counts as this much for the tracker.</summary>
    private const double MaxSteps = 60;

    /// <summary>For the cost of masks, which comes every few pictures.</summary>
    private const double Smoothing = 0.1;

    /// <summary>Privacy lives on its detections: neither load nor settings leave out more than this between two.</summary>
    private const long MaxPrivacyGapTicks = MediaTimeline.TicksPerSecond / 15;

    private readonly RoomPipelineOptions _options;
    private readonly IModelHost _models;
    private readonly IPipelineOutput _output;
    private readonly SharedScene _board;
    private readonly TimeProvider _time;
    private readonly PipelineCounters _counters;
    private RoomDetector _detector;
    private TargetFollower _targets;
    private RoomClasses _classes;
    private IReadOnlyList<ClassShare>? _shares;
    private readonly Func<int, SceneTrack?> _findLost;
    private readonly ResultMask _resultMask = new();
    private CameraShift _camera = new();
    private readonly TrackIds _ids = new();
    private readonly RemoteLabels _remoteLabels;
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
    private ByteTracker _tracker;
    private RoomSettings? _trackerFor;
    private RoomUnits _units;
    private PictureInfo _lastDetected;
    private bool _everDetected;
    private int _takenSinceDetection;
    private double _possibleRate = double.PositiveInfinity;
    private readonly DetectionCost _cost = new();
    private double _stepsSinceDetected;
    private double _maskMs;
    private long _reportedTicks = long.MinValue;
    private bool _hasRemoteTracks;

    public VisionStage(
        RoomPipelineOptions options, IModelHost models, IPipelineOutput output, SharedScene board, PipelineCounters counters,
            TimeProvider time, RemoteLabels? remoteLabels = null)
    {
        _remoteLabels = remoteLabels ?? new RemoteLabels();
        _remote = new RemoteObjects(_ids, _remoteLabels);
        _resume = new SceneResume(_ids, _remoteLabels, board);
        _options = options;
        _models = models;
        _output = output;
        _faceDetector = new FaceDetector(models, output);
        _board = board;
        _time = time;
        _counters = counters;
        _detector = new RoomDetector(models, output);
        _classes = new RoomClasses(models, output);
        _targets = new TargetFollower(models, output, board, _ids, time);
        _findLost = FindLost;
        _tracker = new ByteTracker(new ByteTrackOptions(), _ids);
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
        _resume.Apply(_tracker, info, _units, settings);
        bool opened = _detector.Open(settings);
        DegradationStep sacrifice = DegradationStep.Of(_level.Current);
        bool detect = IsDue(info, settings, sacrifice);
        double queueMs = Math.Max(0, _time.Milliseconds() - info.ReceivedMs);
        if (detect)
        {
            times = Detect(picture, info, settings, sacrifice, queueMs);
        }
        else
        {
            _takenSinceDetection++;
            times.QueueMs = queueMs;
        }

        if (!opened)
        {
            // The picture that waited for a model to be loaded says nothing about load.
            _level.Update(_time.Milliseconds(), times.QueueMs, _possibleRate);
        }

        Describe(info, settings, detect);
        _targets.AnswerTaps(picture, info, _units, settings, _scene);
        _stepsSinceDetected = Math.Clamp(info.StepsSince(_lastDetected), 0, MaxSteps);
        _targets.Follow(info, _scene, _findLost);
        if (settings.Reidentify && detect)
        {
            _targets.Recognise(picture, info, _units, _scene);
        }

        times.MaskMs = MapClasses(picture, settings, sacrifice, detect);
        _board.Publish(info, _units, _scene, _detector.KnowsPeople);
        times.MaskMs += _targets.CutOut(picture, info, _units, settings, sacrifice);
        _maskMs += sacrifice.Masks ? Smoothing * ((times.MaskMs * sacrifice.MaskFactor) - _maskMs) : 0;
        _targets.Tell();
        if (settings.Mode == ViewMode.Privacy && !_detector.KnowsPeople && _privacyWarnedFor != _detector.Model)
        {
            _privacyWarnedFor = _detector.Model;
            _output.OnNotice(new PipelineNotice("privacy_without_people", _options.Privacy.FailClosed
                ? $"{_detector.Model} does not know people: the whole picture is blurred until a model is chosen that does"
                : $"{_detector.Model} does not know people: all that it finds is blurred, and people that it misses are not",
                    Recoverable: true));
        }

        (_model, _provider, _modelProblem) = (_detector.Model, _detector.Provider, _detector.Problem);
        VisionResult result = Result(info, times);
        _reportedTicks = info.Ticks;
        Tally.See((TrackedObject[])result.Detections, info.Ticks / (double)MediaTimeline.TicksPerSecond, settings);
        _counters.Processed(result, detect);
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
        double steps = _everDetected ? Math.Clamp(info.StepsSince(_lastDetected), 0, MaxSteps) : 1;
        int? masked = _remote.Follow(seen, _units, settings, _tracker, steps, _scene);
        (_everDetected, _hasRemoteTracks, _lastDetected, _takenSinceDetection, _stepsSinceDetected) = (true, true, info, 0, 0);
        _targets.Follow(info, _scene, _findLost);
        _board.Publish(info, _units, _scene, _detector.KnowsPeople);
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
        _reportedTicks = info.Ticks;
        Tally.See((TrackedObject[])result.Detections, info.Ticks / (double)MediaTimeline.TicksPerSecond, settings);
        _counters.Processed(result, detected: false);
        return result;
    }

    /// <summary>A picture while a member detects: it is looked at for what is in focus alone, and nothing is reported.</summary>
    public void Attend(Picture picture, in PictureInfo info, RoomSettings settings)
    {
        Prepare(picture.Width, picture.Height, settings);
        Describe(info, settings, detected: false);
        _targets.AnswerTaps(picture, info, _units, settings, _scene);
        _stepsSinceDetected = Math.Clamp(info.StepsSince(_lastDetected), 0, MaxSteps);
        _targets.Follow(info, _scene, _findLost);
        _board.Publish(info, _units, _scene, _detector.KnowsPeople);
        _targets.CutOut(picture, info, _units, settings, DegradationStep.Of(_level.Current));
        _targets.Tell();
    }

    /// <summary>After an exception: model, tracker and masks begin anew. Counts and the ids that are taken stay.</summary>
    public void Renew()
    {
        Dispose();
        _detector = new RoomDetector(_models, _output);
        _classes = new RoomClasses(_models, _output);
        _targets = new TargetFollower(_models, _output, _board, _ids, _time);
        _camera = new CameraShift();
        _people = new PeopleWatch();
        _faceDetector = new FaceDetector(_models, _output);
        _trackerFor = null;
        _everDetected = false;
    }

    public void Dispose()
    {
        _detector.Dispose();
        _faceDetector.Dispose();
        _classes.Dispose();
        _targets.Dispose();
    }

    /// <summary>Milliseconds that the class map took; it is made where a detection is, and only while a viewer looks at it.</summary>
    private double MapClasses(Picture picture, RoomSettings settings, in DegradationStep step, bool due)
    {
        if (settings.Mode != ViewMode.Segment)
        {
            if (_shares is not null)
            {
                _shares = null;
                _classes.Rest();
                _board.ClearClasses();
            }

            return 0;
        }

        if (!due)
        {
            return 0;
        }

        long before = _time.GetTimestamp();
        if (_classes.See(picture, step.InputScale) is { } map)
        {
            _shares = ClassShare.Of(map, _classes.Names);
            _board.PutClasses(map, _classes.Names);
        }

        return _time.GetElapsedTime(before).TotalMilliseconds;
    }

    private void Prepare(int width, int height, RoomSettings settings)
    {
        var units = new RoomUnits(width, height);
        bool turned = _everDetected && !units.HasShapeOf(_units);
        _units = units;
        if (turned)
        {
            _people.Clear();
        }

        if (turned || !ReferenceEquals(_trackerFor, settings))
        {
            // What a member said of a picture explains nothing to privacy: a private room begins with tracks of its own.
            bool forgets = _hasRemoteTracks && settings.Mode == ViewMode.Privacy;
            bool sameTracker = !turned && !forgets && _trackerFor is not null && _trackerFor.Confidence == settings.Confidence;
            _hasRemoteTracks &= !forgets;
            _trackerFor = settings;
            if (!sameTracker)
            {
                _tracker = new ByteTracker(RoomTracking.Options(settings.Confidence), _ids);
                _everDetected = false;
            }
        }
    }

    private bool IsDue(in PictureInfo info, RoomSettings settings, in DegradationStep sacrifice) =>
        !_everDetected
        || (settings.Mode == ViewMode.Privacy && info.Ticks - _lastDetected.Ticks >= MaxPrivacyGapTicks)
        || (info.FrameId - _lastDetected.FrameId >= settings.DetectEvery && _takenSinceDetection + 1 >= sacrifice.DetectEveryTaken);

    private VisionTimes Detect(Picture picture, in PictureInfo info, RoomSettings settings, in DegradationStep sacrifice, double queueMs)
    {
        long before = _time.GetTimestamp();
        DetectTimings detector = _detector.Detect(picture, settings, sacrifice.InputScale, _detections);
        if (settings.Mode == ViewMode.Privacy && _options.Privacy.Faces)
        {
            _faceDetector.Find(picture, info, _units, _faces);
        }

        double wholeMs = _time.GetElapsedTime(before).TotalMilliseconds;

        before = _time.GetTimestamp();
        Span<Detection> detections = CollectionsMarshal.AsSpan(_detections);
        for (int i = 0; i < detections.Length; i++)
        {
            detections[i] = detections[i] with { Box = _units.FromPixels(detections[i].Box) };
        }

        if (settings.CameraMotion)
        {
            (float shiftX, float shiftY) = _camera.Update(picture, _units);
            if (_everDetected && (shiftX != 0 || shiftY != 0))
            {
                _tracker.Shift(shiftX, shiftY);
            }
        }

        double steps = _everDetected ? info.StepsSince(_lastDetected) : 1;
        _tracker.Update(detections, steps > 0 ? Math.Min(steps, MaxSteps) : 1);
        if (settings.Mode == ViewMode.Privacy)
        {
            _board.PublishPeople(_people.See(info, detections, _faces, _tracker, _detector), _units);
        }

        _everDetected = true;
        _lastDetected = info;
        _takenSinceDetection = 0;

        _cost.Add(wholeMs, sacrifice.InputScale);
        _possibleRate = 1000 / Math.Max(_cost.FullMs + _maskMs, 0.01);
        return new VisionTimes
        {
            QueueMs = queueMs + detector.Wait,
            DetectMs = wholeMs - detector.Wait,
            TrackMs = _time.GetElapsedTime(before).TotalMilliseconds,
        };
    }

    /// <summary>Writes the tracks down as of this picture.</summary>
    private void Describe(in PictureInfo info, RoomSettings settings, bool detected)
    {
        _scene.Clear();
        double steps = detected ? 0 : Math.Clamp(info.StepsSince(_lastDetected), 0, MaxSteps);
        foreach (Track track in _tracker.Active)
        {
            if (settings.Mode == ViewMode.Privacy && !_detector.IsAskedFor(track.ClassId, settings))
            {
                continue;
            }

            _scene.Add(Describe(track, steps, predicted: !detected));
        }
    }

    private SceneTrack Describe(Track track, double steps, bool predicted) => new(
        track.Id, track.ClassId, _remoteLabels.NameOf(track.ClassId) ?? _detector.Label(track.ClassId), track.Score,
        MovingBox.From(track.Motion).Advance(steps), predicted);

    /// <summary>A track that is out of sight, as it should be by now.</summary>
    private SceneTrack? FindLost(int id) =>
        _tracker.Find(id) is { } lost ? Describe(lost, _stepsSinceDetected, predicted: true) : null;

    private VisionResult Result(in PictureInfo info, in VisionTimes times)
    {
        var objects = new TrackedObject[_scene.Count];
        int count = 0;
        foreach (SceneTrack track in _scene)
        {
            RectF box = _units.ToFractions(track.Motion.Box);
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
            Width = _units.PictureWidth,
            Height = _units.PictureHeight,
            Model = _detector.Model,
            Provider = _detector.Provider,
            Level = _level.Current,
            TargetId = shown != 0 ? shown : null,
            SecondTargetId = first != 0 && second != 0 ? second : null,
            Detections = count == objects.Length ? objects : objects[..count],
            Mask = hasMask ? _resultMask.Write(mask, first != 0 ? firstBox : secondBox, _units) : null,
            MaskTrackId = hasMask ? shown : null,
            Classes = _shares,
            QueueTime = times.QueueMs,
            DetectTime = times.DetectMs,
            TrackTime = times.TrackMs,
            MaskTime = times.MaskMs,
        };
    }
}
