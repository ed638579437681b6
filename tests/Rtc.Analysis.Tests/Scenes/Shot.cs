namespace Rtc.Analysis.Tests.Scenes;

/// <summary>How a shot's camera moves.</summary>
internal enum CameraMove
{
    Still,
    Handheld,
    SlowPan,
    FastPan,
    Whip,
    ZoomIn,
    ZoomOut,
}

/// <summary>
/// A shot of a world: a camera that moves in one of the ways, objects that cross it, one of them fast and near, and light that drifts.
/// </summary>
internal sealed class Shot
{
    private readonly World _world;
    private readonly int _seed;
    private readonly Mover[] _movers;
    private readonly double _directionX;
    private readonly double _directionY;
    private readonly double _drift;
    private readonly int _whipAt;
    private double _x;
    private double _y;
    private double _zoom = 1;
    private int _age;

    public Shot(Random random, CameraMove move)
    {
        Move = move;
        _world = new World(random);
        _seed = random.Next();
        (_x, _y) = (random.NextDouble() * 256, random.NextDouble() * 256);
        double angle = random.NextDouble() * 2 * Math.PI;
        (_directionX, _directionY) = (Math.Cos(angle), Math.Sin(angle) / 2);
        _drift = (random.NextDouble() - 0.5) * 0.6;
        _whipAt = random.Next(8, 20);
        _zoom = move == CameraMove.ZoomIn ? 1.6 : move == CameraMove.ZoomOut ? 0.7 : 0.8 + (random.NextDouble() * 0.5);
        _movers = [.. Enumerable.Range(0, random.Next(0, 4)).Select(at => new Mover(random, isNear: at == 0 && random.Next(3) == 0))];
    }

    public CameraMove Move { get; }

    /// <summary>Whether the camera turns so fast that within a melting of two scenes nothing stays in sight.</summary>
    public bool IsFast => Move is CameraMove.FastPan or CameraMove.Whip or CameraMove.ZoomIn or CameraMove.ZoomOut;

    /// <summary>Paints what the camera sees and goes on to the next picture.</summary>
    /// <param name="luma">Of the whole picture, 16 to 235.</param>
    /// <param name="u">Of every second pixel of every second row.</param>
    /// <param name="v">As well.</param>
    /// <param name="width">Of the picture.</param>
    public void Next(double[] luma, double[] u, double[] v, int width)
    {
        int height = luma.Length / width;
        double light = _drift * _age;
        for (int y = 0; y < height; y++)
        {
            double worldY = _y + ((y - (height / 2.0)) * _zoom);
            for (int x = 0; x < width; x++)
            {
                double worldX = _x + ((x - (width / 2.0)) * _zoom);
                luma[(y * width) + x] = Math.Clamp(_world.Luma(worldX, worldY) + light, 16, 235);
                if (((x | y) & 1) == 0)
                {
                    (byte here, byte other) = _world.Colour(worldX, worldY);
                    int at = (y / 2 * (width / 2)) + (x / 2);
                    (u[at], v[at]) = (here, other);
                }
            }
        }

        foreach (Mover mover in _movers)
        {
            mover.Paint(luma, width, height, _age);
        }

        Step();
        _age++;
    }

    private void Step()
    {
        var random = new Random(_seed + _age);
        double speed = Move switch
        {
            CameraMove.SlowPan => 0.5,
            CameraMove.FastPan => 6,
            CameraMove.Whip => _age >= _whipAt && _age < _whipAt + 6 ? 14 : 0,
            _ => 0,
        };
        double shake = Move == CameraMove.Handheld ? 1.5 : 0;
        _x += (_directionX * speed) + (shake * ((random.NextDouble() * 2) - 1));
        _y += (_directionY * speed) + (shake * ((random.NextDouble() * 2) - 1));
        _zoom *= Move == CameraMove.ZoomIn ? 0.975 : Move == CameraMove.ZoomOut ? 1.025 : 1;
        _zoom = Math.Clamp(_zoom, 0.4, 2.4);
    }

    /// <summary>An object with a pattern of its own that crosses the picture, again and again.</summary>
    private sealed class Mover(Random random, bool isNear)
    {
        private readonly int _width = isNear ? random.Next(30, 45) : random.Next(6, 18);
        private readonly int _height = isNear ? random.Next(25, 50) : random.Next(6, 24);
        private readonly double _speed = isNear ? 4 + (random.NextDouble() * 5) : 0.5 + (random.NextDouble() * 2.5);
        private readonly int _top = random.Next(-5, 40);
        private readonly int _start = random.Next(0, 120);
        private readonly byte _luma = (byte)random.Next(30, 230);

        public void Paint(double[] luma, int width, int height, int age)
        {
            double left = ((_start + (age * _speed)) % (width + (3 * _width))) - _width;
            for (int y = Math.Max(0, _top); y < Math.Min(height, _top + _height); y++)
            {
                for (int x = Math.Max(0, (int)left); x < Math.Min(width, left + _width); x++)
                {
                    luma[(y * width) + x] = Math.Clamp(_luma + ((((int)(x - left) / 4) + ((y - _top) / 4)) % 2 * 30), 16, 235);
                }
            }
        }
    }
}
