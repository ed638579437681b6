using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Tests.Fakes;

namespace Rtc.Pipeline.Tests.Privacy;

/// <summary>One who crosses the scene: where its middle is at a moment, and null while it is not there.</summary>
internal sealed record Actor(
    int Width, int Height, byte[,] Texture, Func<double, (double X, double Y)?> At, int ClassId = StreetScene.Person);

/// <summary>
/// A street with known truth: a textured background, actors with textures of their own, a camera that may shake. It paints
/// every picture, remembers the last ones, and answers as a detector that errs.
/// </summary>
internal sealed class StreetScene
{
    public const int Person = 0;
    public const int Car = 2;

    private const int Kept = 64;

    /// <summary>Of its height and width; what is less in the picture no detector finds.</summary>
    private const double MinVisible = 0.4;

    private readonly int _width;
    private readonly int _height;
    private readonly byte[,] _background;
    private readonly Random _random;
    private uint _noise = 1;
    private readonly Dictionary<uint, StreetMoment> _moments = [];
    private readonly Queue<uint> _order = [];

    public StreetScene(int width, int height, int seed)
    {
        (_width, _height) = (width, height);
        _background = Scenes.Texture(width + 64, height + 64, seed, grain: 5);
        _random = new Random(seed);
    }

    public List<Actor> Actors { get; } = [];

    /// <summary>Where the camera points, in pixels off the middle.</summary>
    public Func<double, (double X, double Y)> Camera { get; set; } = _ => (0, 0);

    /// <summary>Of a thousand times that somebody is there to be found, so many it is not.</summary>
    public int MissedInThousand { get; set; }

    /// <summary>Half of the width of the noise on each pixel.</summary>
    public int Noise { get; set; } = 3;

    public void Paint(Picture picture, double seconds, uint timestamp)
    {
        (double cameraX, double cameraY) = Camera(seconds);
        int left = 32 + (int)Math.Clamp(Math.Round(cameraX), -32, 32);
        int top = 32 + (int)Math.Clamp(Math.Round(cameraY), -32, 32);
        for (int y = 0; y < _height; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = 0; x < _width; x++)
            {
                row[x] = _background[y + top, x + left];
            }
        }

        var seen = new List<(RectF Box, int ClassId)>();
        foreach (Actor actor in Actors)
        {
            if (actor.At(seconds) is { } place)
            {
                Scenes.Put(picture, actor.Texture, place.X + 32 - left, place.Y + 32 - top);
                (double x, double y) = (place.X + 32 - left, place.Y + 32 - top);
                var whole = new RectF((float)(x - (actor.Width / 2.0)), (float)(y - (actor.Height / 2.0)),
                    (float)(x + (actor.Width / 2.0)), (float)(y + (actor.Height / 2.0)));
                RectF box = whole.ClipTo(_width, _height);
                if (box.Width >= MinVisible * whole.Width && box.Height >= MinVisible * whole.Height)
                {
                    seen.Add((box, actor.ClassId));
                }
            }
        }

        byte[] luma = new byte[_width * _height];
        for (int y = 0; y < _height; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = 0; x < _width && Noise > 0; x++)
            {
                _noise = (_noise * 1664525) + 1013904223;
                row[x] = (byte)Math.Clamp(row[x] + (int)((_noise >> 16) % (uint)((2 * Noise) + 1)) - Noise, 0, 255);
            }

            row[.._width].CopyTo(luma.AsSpan(y * _width));
        }

        _moments[timestamp] = new StreetMoment(luma, _width, seen);
        _order.Enqueue(timestamp);
        if (_order.Count > Kept)
        {
            _moments.Remove(_order.Dequeue());
        }
    }

    public StreetMoment At(uint timestamp) => _moments[timestamp];

    /// <summary>What the detector finds in this very picture: boxes a little off, and now and then nothing.</summary>
    public IEnumerable<Detection> Find(Picture picture)
    {
        StreetMoment moment = _moments.Values.Last(moment => moment.IsOf(picture));
        foreach ((RectF box, int classId) in moment.Seen)
        {
            if (_random.Next(1000) >= MissedInThousand)
            {
                float Off(float size) => size * (((float)_random.NextDouble() * 0.08f) - 0.04f);
                yield return new Detection(
                    classId,
                    0.3f + (0.6f * (float)_random.NextDouble()),
                    new RectF(
                        box.Left + Off(box.Width), box.Top + Off(box.Height), box.Right + Off(box.Width), box.Bottom + Off(box.Height)));
            }
        }
    }
}
