using Rtc.Media;
using Rtc.Media.Drawing;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Tracking;
using Paint = Rtc.Media.Drawing.Draw;

namespace Rtc.Pipeline.Rendering;

/// <summary>
/// Where the middle of each track was in the last seconds, as a line in the track's colour. Kept in the room's own units. Owned
/// by the annotator, which adds a place for every picture that it draws.
/// </summary>
internal sealed class TrackTrails
{
    /// <summary>Closer together than this two places make no better line.</summary>
    private const long SpacingTicks = MediaTimeline.TicksPerSecond / 15;

    private readonly Dictionary<int, List<(float X, float Y, long Ticks)>> _places = [];
    private readonly List<int> _gone = [];
    private RoomUnits _units = new(4, 3);

    /// <summary>Before a picture's places are added: what is too old goes, and all of it where the picture was turned.</summary>
    public void Begin(in RoomUnits units, long ticks, float seconds)
    {
        if (_places.Count > 0 && (seconds <= 0 || !_units.HasShapeOf(units)))
        {
            _places.Clear();
        }

        _units = units;
        long oldest = ticks - (long)(seconds * MediaTimeline.TicksPerSecond);
        foreach ((int id, List<(float X, float Y, long Ticks)> places) in _places)
        {
            int past = 0;
            while (past < places.Count && places[past].Ticks < oldest)
            {
                past++;
            }

            // A clock that began anew leaves places of the future behind.
            places.RemoveRange(0, places[^1].Ticks > ticks ? places.Count : past);
            if (places.Count == 0)
            {
                _gone.Add(id);
            }
        }

        foreach (int id in _gone)
        {
            _places.Remove(id);
        }

        _gone.Clear();
    }

    /// <summary>The track is there in the picture on hand.</summary>
    public void Add(int id, in RectF box, long ticks)
    {
        if (!_places.TryGetValue(id, out List<(float X, float Y, long Ticks)>? places))
        {
            _places.Add(id, places = []);
        }

        if (places.Count == 0 || ticks - places[^1].Ticks >= SpacingTicks)
        {
            places.Add((box.CenterX, box.CenterY, ticks));
        }
    }

    /// <summary>The track's way up to where it is now.</summary>
    public void Draw(Picture picture, int id, in RectF box)
    {
        if (!_places.TryGetValue(id, out List<(float X, float Y, long Ticks)>? places))
        {
            return;
        }

        Colour colour = Palette.ForTrack(id);
        for (int i = 0; i < places.Count; i++)
        {
            (float x, float y) = i + 1 < places.Count ? (places[i + 1].X, places[i + 1].Y) : (box.CenterX, box.CenterY);
            Paint.Line(picture, Pixels(places[i].X, places[i].Y), Pixels(x, y), colour);
        }
    }

    private (float X, float Y) Pixels(float x, float y) => (x / _units.Scale, y / _units.Scale);
}
