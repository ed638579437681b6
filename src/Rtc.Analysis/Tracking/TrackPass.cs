using Rtc.Analysis.Options;
using Rtc.Inference;
using Rtc.Pipeline.Tracking;

namespace Rtc.Analysis.Tracking;

/// <summary>Runs of the tracker over a video, forward or backward: the track of each candidate, by its place; −1 for none.</summary>
internal sealed class TrackPass
{
    // The tracker's steps.
    private const double StepsPerSecond = 30;

    // A buffer that is shorter than the time between two samples would lose each object at once.
    private const double MinBufferInSamples = 2;

    // A camera moves that turns by so much of the picture from one sample to the next, in so many of them.
    private const double MinMotion = 0.01;
    private const double MinShareOfMotion = 0.1;

    // Colours say less than a model would: how far apart the same object's are, beside where it was, and anywhere.
    private const double MaxLookDistance = 0.06;
    private const double MaxReidDistance = 0.02;

    private readonly IReadOnlyList<CandidateFrame> _frames;
    private readonly AnalyseOptions _options;
    private readonly Dictionary<string, int> _classes = [];

    /// <param name="frames">All of a video.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="side">Pixels of a picture's longer side.</param>
    public TrackPass(IReadOnlyList<CandidateFrame> frames, AnalyseOptions options, int side)
    {
        (_frames, _options) = (frames, options);
        IsBotSort = options.Tracker == TrackerChoice.BotSort || (options.Tracker == TrackerChoice.Auto && Moves(side));
    }

    public bool IsBotSort { get; }

    public int[][] Run(bool backward)
    {
        int[][] tracks = new int[_frames.Count][];
        IObjectTracker tracker = Tracker();
        Detection[] detections = [];
        float[] looks = [];
        CandidateFrame? before = null;
        for (int at = 0; at < _frames.Count; at++)
        {
            int index = backward ? _frames.Count - 1 - at : at;
            CandidateFrame frame = _frames[index];
            int count = frame.Candidates.Count;
            if (detections.Length < count)
            {
                (detections, looks) = (new Detection[count * 2], new float[count * 2 * ColourLook.Length]);
            }

            for (int i = 0; i < count; i++)
            {
                Candidate candidate = frame.Candidates[i];
                detections[i] = new Detection(ClassOf(candidate.Class), candidate.Score, candidate.Box);
            }

            double steps = before is null ? 1 : Math.Max(Math.Abs(frame.Seconds - before.Seconds) * StepsPerSecond, 1e-3);
            CandidateFrame? moved = backward ? before : frame;
            before = frame;
            Span<float> ofFrame = IsBotSort ? Looks(frame, looks) : [];
            int[] found = tracks[index] = new int[count];
            Array.Fill(found, -1);
            IReadOnlyList<Track> active = tracker is BotSortTracker botSort
                ? botSort.Update(detections.AsSpan(0, count), ofFrame, steps, moved is null ? default : Camera(moved, backward))
                : tracker.Update(detections.AsSpan(0, count), [], steps);
            foreach (Track track in active)
            {
                found[track.Source] = track.Id;
            }
        }

        return tracks;
    }

    private IObjectTracker Tracker()
    {
        double buffer = Math.Max(_options.TrackBufferSeconds, MinBufferInSamples * SampleSeconds()) * StepsPerSecond;
        ByteTrackOptions bytes = RoomTracking.Options(_options.Confidence) with { LostBuffer = buffer };
        return IsBotSort
            ? new BotSortTracker(
                bytes,
                new BotSortOptions
                {
                    MaxLookDistance = MaxLookDistance,
                    MaxReidDistance = MaxReidDistance,
                    ReidBuffer = _options.ReidBufferSeconds * StepsPerSecond,
                },
                new TrackIds())
            : new ByteTracker(bytes, new TrackIds());
    }

    private bool Moves(int side) => _frames.Count > 0
        && _frames.Count(frame => Math.Max(Math.Abs(frame.CameraX), Math.Abs(frame.CameraY)) >= MinMotion * side)
            >= Math.Max(1, MinShareOfMotion * _frames.Count);

    private static (double X, double Y) Camera(CandidateFrame frame, bool backward) =>
        backward ? (-frame.CameraX, -frame.CameraY) : (frame.CameraX, frame.CameraY);

    private int ClassOf(string name)
    {
        if (!_classes.TryGetValue(name, out int number))
        {
            _classes.Add(name, number = _classes.Count);
        }

        return number;
    }

    private static Span<float> Looks(CandidateFrame frame, float[] into)
    {
        int count = frame.Candidates.Count;
        if (frame.Looks?.Length != count * ColourLook.Length)
        {
            return [];
        }

        for (int i = 0; i < count; i++)
        {
            ColourLook.Read(
                frame.Looks.AsSpan(i * ColourLook.Length, ColourLook.Length), into.AsSpan(i * ColourLook.Length, ColourLook.Length));
        }

        return into.AsSpan(0, count * ColourLook.Length);
    }

    private double SampleSeconds() =>
        _frames.Count < 2 ? 0 : (_frames[^1].Seconds - _frames[0].Seconds) / (_frames.Count - 1);
}
