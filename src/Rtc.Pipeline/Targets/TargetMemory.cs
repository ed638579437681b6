using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Targets;

/// <summary>
/// Remembers what one slot's target looked like, and knows it again when it comes back under another track id. Owned by
/// the inference loop.
/// </summary>
internal sealed class TargetMemory
{
    /// <summary>Likeness that is enough; measured on a real clip in its test.</summary>
    public const float EnoughLikeness = 0.88f;

    private const long RememberTicks = 30L * MediaTimeline.TicksPerSecond;

    private readonly Appearance _appearance = new();
    private int _id;
    private int _classId;
    private int _newestIdWhenSeen;
    private long _seenTicks;
    private int _releases;

    /// <summary>The target was seen in this picture.</summary>
    public void See(Picture picture, in RoomUnits units, in SceneTrack track, List<SceneTrack> scene, long ticks, int releases)
    {
        if (_id != track.Id)
        {
            _appearance.Forget();
            _id = track.Id;
        }

        _classId = track.ClassId;
        _seenTicks = ticks;
        _releases = releases;
        _newestIdWhenSeen = 0;
        foreach (SceneTrack other in scene)
        {
            _newestIdWhenSeen = Math.Max(_newestIdWhenSeen, other.Id);
        }

        _appearance.Learn(picture, units.ToPixels(track.Motion.Box));
    }

    /// <summary>Forgotten when a member releases it or selects something else.</summary>
    public void Forget() => _id = 0;

    /// <summary>A newer track that looks like the target that was lost, or null.</summary>
    public SceneTrack? Recognise(Picture picture, in RoomUnits units, List<SceneTrack> scene, long ticks, int releases)
    {
        if (_id == 0 || releases != _releases || ticks - _seenTicks > RememberTicks)
        {
            return null;
        }

        SceneTrack? best = null;
        float most = EnoughLikeness;
        foreach (SceneTrack track in scene)
        {
            if (track.Id <= _newestIdWhenSeen || track.ClassId != _classId || track.Predicted || track.IsRegion)
            {
                continue;
            }

            float likeness = _appearance.Likeness(picture, units.ToPixels(track.Motion.Box));
            if (likeness > most)
            {
                best = track;
                most = likeness;
            }
        }

        return best;
    }
}
