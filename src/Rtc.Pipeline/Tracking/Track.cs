using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

internal enum TrackState
{
    Tracked,
    Lost,
    Removed,
}

/// <summary>
/// One object over time. Owned by its <see cref="ByteTracker"/>, which uses the instance again for another object
/// once this one is gone: what is needed after the next update has to be copied.
/// </summary>
internal sealed class Track
{
    private BoxFilter _filter;

    public int Id { get; private set; }

    public int ClassId { get; private set; }

    public float Score { get; private set; }

    public TrackState State { get; set; }

    /// <summary>False until a second picture confirmed it; such a track is not shown.</summary>
    public bool IsActivated { get; private set; }

    /// <summary>Which of the detections of the picture that it was last seen in is its own.</summary>
    public int Source { get; private set; }

    /// <summary>Steps of the tracker's time when it was born and last seen.</summary>
    public double Born { get; private set; }

    public double LastSeen { get; private set; }

    public RectF Box => _filter.Box;

    public ref readonly BoxFilter Motion => ref _filter;

    /// <summary>Was given up once: found again it lives on, lost again it is gone at once.</summary>
    internal bool WasGivenUp { get; set; }

    /// <summary>Found in the same place as an older one, and about to go.</summary>
    internal bool IsDuplicate { get; set; }

    internal void Begin(int id, in Detection detection, int source, double now, bool activated)
    {
        Id = id;
        _filter = new BoxFilter(detection.Box);
        State = TrackState.Tracked;
        IsActivated = activated;
        WasGivenUp = false;
        IsDuplicate = false;
        Born = now;
        See(detection, source, now);
    }

    internal void Match(in Detection detection, int source, double now)
    {
        _filter.Correct(detection.Box);
        State = TrackState.Tracked;
        IsActivated = true;
        See(detection, source, now);
    }

    internal void Predict(double steps)
    {
        if (State != TrackState.Tracked)
        {
            _filter.StopGrowing();
        }

        _filter.Predict(steps);
    }

    internal void Shift(double x, double y) => _filter.Shift(x, y);

    private void See(in Detection detection, int source, double now)
    {
        Source = source;
        ClassId = detection.ClassId;
        Score = detection.Score;
        LastSeen = now;
    }
}
