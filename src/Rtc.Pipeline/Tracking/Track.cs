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
    // Of what it looked like before, what one picture leaves.
    private const float LookMemory = 0.9f;

    private BoxFilter _filter;
    private float[] _look = [];

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

    /// <summary>What it looks like, as a vector of length 1; empty where nobody says.</summary>
    internal ReadOnlySpan<float> Look => _look;

    internal void Begin(int id, in Detection detection, int source, double now, bool activated, BoxShape shape = BoxShape.Aspect)
    {
        Id = id;
        _filter = new BoxFilter(detection.Box, shape);
        _look = [];
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

    /// <summary>Is seen again after so long that its motion says nothing any more.</summary>
    internal void Return(in Detection detection, int source, double now)
    {
        _filter = new BoxFilter(detection.Box, BoxShape.Width);
        State = TrackState.Tracked;
        See(detection, source, now);
    }

    /// <summary>Sees what it looks like in one picture: a vector of length 1.</summary>
    internal void See(ReadOnlySpan<float> look)
    {
        if (look.IsEmpty)
        {
            return;
        }

        if (_look.Length != look.Length)
        {
            _look = look.ToArray();
            return;
        }

        float squares = 0;
        for (int i = 0; i < _look.Length; i++)
        {
            _look[i] = (_look[i] * LookMemory) + (look[i] * (1 - LookMemory));
            squares += _look[i] * _look[i];
        }

        float length = MathF.Sqrt(squares);
        for (int i = 0; i < _look.Length && length > 0; i++)
        {
            _look[i] /= length;
        }
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
