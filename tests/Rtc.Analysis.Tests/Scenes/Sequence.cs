using Rtc.Analysis.Scenes;
using Rtc.Media;

namespace Rtc.Analysis.Tests.Scenes;

/// <summary>Where a sequence changes its scene: at one picture, or anywhere in a fade.</summary>
internal readonly record struct PutCut(long First, long Last);

/// <summary>
/// A sequence of small pictures with transitions that it puts there itself: textures under a camera that stands or pans, with an object
/// that moves, grain, flashes of a few pictures, hard cuts, and fades through black or white.
/// </summary>
internal sealed class Sequence
{
    public const int Width = 96;
    public const int Height = 54;
    private const int WorldWidth = 640;
    private const double Fps = 25;

    private readonly Random _random;
    private readonly PicturePool _pool;
    private readonly byte[] _row = new byte[Width];
    private readonly CutDetector _detector = new(Fps);
    private readonly bool _pans;
    private byte[] _luma = [];
    private byte[] _u = [];
    private byte[] _v = [];
    private long _number;
    private double _at;
    private double _speed;

    public Sequence(int seed, PicturePool pool, bool pans)
    {
        (_random, _pool, _pans) = (new Random(seed), pool, pans);
    }

    public List<PutCut> Put { get; } = [];

    public IReadOnlyList<long> Found => _detector.Cuts;

    /// <summary>Plays it: a few scenes, each left in one of the ways.</summary>
    public void Play()
    {
        int scenes = _random.Next(3, 7);
        for (int scene = 0; scene < scenes; scene++)
        {
            NewWorld();
            int length = _random.Next(25, 60);
            int flash = _random.Next(3) == 0 ? _random.Next(10, length - 14) : -1;
            int flashLength = _random.Next(1, 5);
            for (int i = 0; i < length; i++)
            {
                bool isFlash = flash >= 0 && i >= flash && i < flash + flashLength;
                Show(1, isFlash ? _random.Next(90, 200) : 0, 0);
            }

            if (scene == scenes - 1)
            {
                break;
            }

            if (_random.Next(2) == 0)
            {
                Put.Add(new PutCut(_number, _number));
                continue;
            }

            double through = _random.Next(4) == 0 ? 235 : 16;
            long from = _number;
            int steps = _random.Next(4, 14);
            for (int i = 1; i <= steps; i++)
            {
                Show(1 - ((double)i / steps), 0, through);
            }

            for (int i = _random.Next(0, 20); i > 0; i--)
            {
                Show(0, 0, through);
            }

            NewWorld();
            for (int i = 1; i <= steps; i++)
            {
                Show((double)i / steps, 0, through);
            }

            // The scene that has faded in is the next one.
            Put.Add(new PutCut(from, _number));
            for (int i = _random.Next(15, 40); i > 0; i--)
            {
                Show(1, 0, 0);
            }

            Put.Add(new PutCut(_number, _number));
        }

        _detector.Finish();
    }

    private void NewWorld()
    {
        _luma = Texture(WorldWidth, Height, 30, 200);
        _u = Texture(WorldWidth / 2, Height / 2, 70, 190);
        _v = Texture(WorldWidth / 2, Height / 2, 70, 190);
        _at = _random.Next(0, 100);
        _speed = _pans && _random.Next(2) == 0 ? _random.NextDouble() * 4 : 0;
    }

    /// <summary>Smooth blobs of two sizes about a brightness of the scene's own.</summary>
    private byte[] Texture(int width, int height, int min, int max)
    {
        byte[] texture = new byte[width * height];
        int own = _random.Next(min, max);
        foreach ((int cell, int swing) in ((int, int)[])[(24, 70), (7, 35)])
        {
            int columns = (width / cell) + 2;
            int[] grid = [.. Enumerable.Range(0, columns * ((height / cell) + 2)).Select(_ => _random.Next(-swing, swing))];
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int at = (y / cell * columns) + (x / cell);
                    int fx = x % cell, fy = y % cell;
                    int upper = (grid[at] * (cell - fx)) + (grid[at + 1] * fx);
                    int lower = (grid[at + columns] * (cell - fx)) + (grid[at + columns + 1] * fx);
                    int before = cell == 24 ? own : texture[(y * width) + x];
                    texture[(y * width) + x] = (byte)Math.Clamp(before + (((upper * (cell - fy)) + (lower * fy)) / (cell * cell)), 16, 235);
                }
            }
        }

        return texture;
    }

    /// <param name="strength">Of the scene; the rest is <paramref name="ground"/>.</param>
    /// <param name="flash">Added to the brightness.</param>
    /// <param name="ground">What it fades to.</param>
    private void Show(double strength, int flash, double ground)
    {
        using Picture picture = _pool.Rent(Width, Height);
        _at = Math.Min(_at + _speed, WorldWidth - Width - 4);
        int left = (int)_at;
        double part = _at - left;
        for (int y = 0; y < Height; y++)
        {
            Between(_luma.AsSpan((y * WorldWidth) + left, Width + 1), part, _row);
            if (y is > 20 and < 34)
            {
                // Back and forth: one that jumped would be a cut.
                int way = Width - 12;
                _row.AsSpan((int)Math.Abs((_number * 2 % (2 * way)) - way), 12).Fill(220);
            }

            Blend(_row, picture.RowY(y), strength, ground, flash);
        }

        for (int y = 0; y < Height / 2; y++)
        {
            int at = (y * WorldWidth / 2) + (left / 2);
            double half = ((left % 2) + part) / 2;
            Between(_u.AsSpan(at, (Width / 2) + 1), half, _row.AsSpan(0, Width / 2));
            Blend(_row.AsSpan(0, Width / 2), picture.RowU(y), strength, 128, 0);
            Between(_v.AsSpan(at, (Width / 2) + 1), half, _row.AsSpan(0, Width / 2));
            Blend(_row.AsSpan(0, Width / 2), picture.RowV(y), strength, 128, 0);
        }

        var signature = new Signature();
        signature.Take(picture, _pool);
        _detector.Add(signature);
        _number++;
    }

    /// <summary>A camera does not move by whole pixels.</summary>
    private static void Between(ReadOnlySpan<byte> from, double part, Span<byte> to)
    {
        for (int x = 0; x < to.Length; x++)
        {
            to[x] = (byte)Math.Round(from[x] + ((from[x + 1] - from[x]) * part));
        }
    }

    private void Blend(ReadOnlySpan<byte> from, Span<byte> to, double strength, double ground, int flash)
    {
        int grain = _random.Next(3);
        for (int x = 0; x < to.Length; x++)
        {
            double value = (from[x] * strength) + (ground * (1 - strength)) + flash + ((x + grain) % 3) - 1;
            to[x] = (byte)Math.Clamp(value, 16, 240);
        }
    }
}
