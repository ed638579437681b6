using Rtc.Inference;

namespace Rtc.Pipeline.Tracking;

/// <summary>
/// BoT-SORT (Aharon, Orfaig and Bobrovsky, 2022): ByteTrack's rounds over boxes that keep width and height, after the camera's own motion
/// was taken out, and with what objects look like where somebody says so. What the camera did is told by who has the pictures, and
/// otherwise read off the boxes. For one task at a time.
/// </summary>
internal sealed class BotSortTracker(ByteTrackOptions options, BotSortOptions sort, TrackIds ids) : IObjectTracker
{
    private readonly ByteTracker _tracker = new(options, ids, sort);
    private readonly BoxCamera _camera = new(options.TrackThreshold);

    public IReadOnlyList<Track> Active => _tracker.Active;

    public IReadOnlyList<Track> Lost => _tracker.Lost;

    public IReadOnlyList<Track> Update(ReadOnlySpan<Detection> detections, ReadOnlySpan<float> looks, double steps) =>
        Update(detections, looks, steps, default);

    /// <param name="detections">Of one picture.</param>
    /// <param name="looks">What each looks like; empty where nobody says.</param>
    /// <param name="steps">Thirtieths of a second since the last picture.</param>
    /// <param name="camera">How far the pictures say that the camera has moved everything; the boxes have the last word.</param>
    public IReadOnlyList<Track> Update(
        ReadOnlySpan<Detection> detections, ReadOnlySpan<float> looks, double steps, (double X, double Y) camera)
    {
        (double x, double y) = _camera.Update(_tracker.Tracked, detections, steps, camera);
        _tracker.Shift(x, y);
        return _tracker.Update(detections, looks, steps);
    }
}
