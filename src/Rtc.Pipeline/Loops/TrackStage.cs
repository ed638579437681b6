using Rtc.Inference;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Remote;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Loops;

/// <summary>
/// What a room follows: its tracker, the picture of its last detection, and when the next one is due. Owned by
/// <see cref="VisionStage"/>, whose loop calls it.
/// </summary>
internal sealed class TrackStage(TrackIds ids, RemoteLabels remoteLabels)
{
    /// <summary>A pause of more than this between two pictures counts as this much for the tracker.</summary>
    private const double MaxSteps = 60;

    /// <summary>Privacy lives on its detections: neither load nor settings leave out more than this between two.</summary>
    private const long MaxPrivacyGapTicks = MediaTimeline.TicksPerSecond / 15;

    private RoomSettings? _settings;
    private RoomUnits _units;
    private PictureInfo _lastDetected;
    private int _takenSinceDetection;
    private double _stepsSinceDetected;
    private bool _hasRemoteTracks;

    public ByteTracker Tracker { get; private set; } = new(new ByteTrackOptions(), ids);

    /// <summary>Of the picture that is looked at.</summary>
    public ref readonly RoomUnits Units => ref _units;

    public bool EverDetected { get; private set; }

    /// <summary>To be called with every picture; true where it is turned against the one before.</summary>
    public bool Prepare(int width, int height, RoomSettings settings)
    {
        var units = new RoomUnits(width, height);
        bool turned = EverDetected && !units.HasShapeOf(_units);
        _units = units;
        if (turned || !ReferenceEquals(_settings, settings))
        {
            // What a member said of a picture explains nothing to privacy: a private room begins with tracks of its own.
            bool forgets = _hasRemoteTracks && settings.Mode == ViewMode.Privacy;
            bool sameTracker = !turned && !forgets && _settings is not null && _settings.Confidence == settings.Confidence
                && KindOf(_settings) == KindOf(settings);
            _hasRemoteTracks &= !forgets;
            _settings = settings;
            if (!sameTracker)
            {
                BotSortOptions? sort = KindOf(settings) == TrackerKind.BotSort ? new BotSortOptions() : null;
                Tracker = new ByteTracker(RoomTracking.Options(settings.Confidence), ids, sort);
                EverDetected = false;
            }
        }

        return turned;
    }

    public bool IsDue(in PictureInfo info, RoomSettings settings, in DegradationStep degradation) =>
        !EverDetected
        || (settings.Mode == ViewMode.Privacy && info.Ticks - _lastDetected.Ticks >= MaxPrivacyGapTicks)
        || (info.FrameId - _lastDetected.FrameId >= settings.DetectEvery && _takenSinceDetection + 1 >= degradation.DetectEveryTaken);

    /// <summary>What privacy is tested with is what privacy has.</summary>
    public static TrackerKind KindOf(RoomSettings settings) =>
        settings.Mode == ViewMode.Privacy ? TrackerKind.ByteTrack : settings.Tracker;

    /// <summary>No detection is due for this picture.</summary>
    public void Coast() => _takenSinceDetection++;

    public void Update(ReadOnlySpan<Detection> detections, in PictureInfo info)
    {
        double steps = EverDetected ? info.StepsSince(_lastDetected) : 1;
        Tracker.Update(detections, steps > 0 ? Math.Min(steps, MaxSteps) : 1);
    }

    public void OnDetected(in PictureInfo info) => (EverDetected, _lastDetected, _takenSinceDetection) = (true, info, 0);

    /// <summary>A member detected in place of the room, and the tracker follows what it found.</summary>
    public void OnRemote(in PictureInfo info)
    {
        OnDetected(info);
        (_hasRemoteTracks, _stepsSinceDetected) = (true, 0);
    }

    /// <summary>Pictures since the last detection, as the tracker is told them.</summary>
    public double StepsSinceDetected(in PictureInfo info) => Math.Clamp(info.StepsSince(_lastDetected), 0, MaxSteps);

    /// <summary>Tracks that are out of sight are described as of this picture from here on.</summary>
    public void Reach(in PictureInfo info) => _stepsSinceDetected = StepsSinceDetected(info);

    /// <summary>Writes the tracks down as of this picture.</summary>
    public void Describe(in PictureInfo info, RoomSettings settings, RoomDetector detector, bool detected, List<SceneTrack> scene)
    {
        scene.Clear();
        double steps = detected ? 0 : StepsSinceDetected(info);
        foreach (Track track in Tracker.Active)
        {
            if (settings.Mode != ViewMode.Privacy || detector.IsAskedFor(track.ClassId, settings))
            {
                scene.Add(Describe(track, detector, steps, predicted: !detected));
            }
        }
    }

    /// <summary>A track that is out of sight, as it should be by now.</summary>
    public SceneTrack? FindLost(int id, RoomDetector detector) =>
        Tracker.Find(id) is { } lost ? Describe(lost, detector, _stepsSinceDetected, predicted: true) : null;

    /// <summary>After an exception: with the next picture a tracker is made that has seen nothing.</summary>
    public void Renew() => (_settings, EverDetected) = (null, false);

    private SceneTrack Describe(Track track, RoomDetector detector, double steps, bool predicted) => new(
        track.Id, track.ClassId, remoteLabels.NameOf(track.ClassId) ?? detector.Label(track.ClassId), track.Score,
        MovingBox.From(track.Motion).Advance(steps), predicted);
}
