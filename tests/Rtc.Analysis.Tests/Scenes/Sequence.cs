using Rtc.Analysis.Scenes;
using Rtc.Media;

namespace Rtc.Analysis.Tests.Scenes;

/// <summary>How one shot goes over into the next.</summary>
internal enum Transition
{
    Hard,
    FadeThroughBlack,
    FadeThroughWhite,
    Dissolve,
    Flash,
}

/// <summary>Where a sequence changes its scene: at one picture, or anywhere in a transition.</summary>
internal readonly record struct PutCut(long First, long Last, Transition How)
{
    public override string ToString() => First == Last ? $"{How} {First}" : $"{How} {First} to {Last}";
}

/// <summary>
/// A sequence of small pictures with transitions that it puts there itself, of every kind, between shots whose cameras stand, shake,
/// turn, whip and zoom, with lamps that flash, objects that pass near, grain and light that drifts.
/// </summary>
internal sealed class Sequence(int seed, PicturePool pool)
{
    public const int Width = 96;
    public const int Height = 54;
    public const double Fps = 25;

    private readonly Random _random = new(seed);
    private readonly double[] _luma = new double[Width * Height];
    private readonly double[] _u = new double[Width * Height / 4];
    private readonly double[] _v = new double[Width * Height / 4];
    private readonly double[] _otherLuma = new double[Width * Height];
    private readonly double[] _otherU = new double[Width * Height / 4];
    private readonly double[] _otherV = new double[Width * Height / 4];
    private readonly CutDetector _detector = new(Fps);
    private readonly List<string> _shots = [];
    private double _grain;
    private int _bars;
    private long _number;

    public List<PutCut> Put { get; } = [];

    /// <summary>Where it is given: what the search has seen.</summary>
    public List<Signature>? Kept { get; init; }

    public IReadOnlyList<long> Found => _detector.Cuts;

    /// <summary>What is missing and what should not be there.</summary>
    public IEnumerable<string> Wrong()
    {
        List<long> found = [.. Found];
        string all = $"({string.Join(", ", Put)}; shots {string.Join(", ", _shots)})";
        foreach (PutCut cut in Put)
        {
            int at = found.FindIndex(number => number >= cut.First && number <= cut.Last);
            if (at < 0)
            {
                yield return $"seed {seed}: missed {cut} {all}";
            }
            else
            {
                found.RemoveAt(at);
            }
        }

        foreach (long number in found)
        {
            yield return $"seed {seed}: invented {number} {all}";
        }
    }

    /// <summary>Plays it: a few shots, each left in one of the ways.</summary>
    public void Play()
    {
        _grain = _random.NextDouble() * 6;
        _bars = _random.Next(4) == 0 ? _random.Next(4, 9) : 0;
        int shots = _random.Next(3, 6);
        Shot shot = NewShot();
        for (int i = 0; i < shots; i++)
        {
            PlayAlone(shot, _random.Next(28, 60));
            if (i < shots - 1)
            {
                shot = GoOver(shot, (Transition)_random.Next(5));
            }
        }

        _detector.Finish();
    }

    private Shot NewShot(bool isSlow = false)
    {
        CameraMove[] moves = Enum.GetValues<CameraMove>();
        var shot = new Shot(_random, isSlow ? (CameraMove)_random.Next(3) : moves[_random.Next(moves.Length)]);
        _shots.Add($"{_number} {shot.Move}");
        return shot;
    }

    private void PlayAlone(Shot shot, int length)
    {
        int flash = shot.Move != CameraMove.Whip && _random.Next(3) == 0 ? _random.Next(10, length - 14) : -1;
        int flashLength = _random.Next(1, 5);
        for (int i = 0; i < length; i++)
        {
            shot.Next(_luma, _u, _v, Width);
            Show(1, flash >= 0 && i >= flash && i < flash + flashLength ? _random.Next(60, 220) : 0, 0);
        }
    }

    private Shot GoOver(Shot shot, Transition how)
    {
        Shot next;
        switch (how)
        {
            case Transition.Dissolve when !shot.IsFast:
                int steps = _random.Next(6, 30);
                next = NewShot(isSlow: true);
                Put.Add(new PutCut(_number, _number + steps, how));
                for (int i = 1; i < steps; i++)
                {
                    shot.Next(_otherLuma, _otherU, _otherV, Width);
                    next.Next(_luma, _u, _v, Width);
                    double part = (double)i / steps;
                    Mix(_luma, _otherLuma, part);
                    Mix(_u, _otherU, part);
                    Mix(_v, _otherV, part);
                    Show(1, 0, 0);
                }

                return next;
            case Transition.FadeThroughBlack or Transition.FadeThroughWhite:
                next = NewShot();
                Fade(shot, next, how);
                return next;
            case Transition.Flash:
                int length = _random.Next(2, 6);
                Put.Add(new PutCut(_number, _number + length, how));
                for (int i = 0; i < length; i++)
                {
                    shot.Next(_luma, _u, _v, Width);
                    Show(0.1, 0, 235);
                }

                return NewShot();
            default:
                Put.Add(new PutCut(_number, _number, Transition.Hard));
                return NewShot();
        }
    }

    private void Fade(Shot shot, Shot next, Transition how)
    {
        double ground = how == Transition.FadeThroughBlack ? 16 : 235;
        long from = _number;
        int steps = _random.Next(4, 20);
        for (int i = 1; i <= steps; i++)
        {
            shot.Next(_luma, _u, _v, Width);
            Show(1 - ((double)i / steps), 0, ground);
        }

        for (int i = _random.Next(0, 20); i > 0; i--)
        {
            Show(0, 0, ground);
        }

        for (int i = 1; i <= steps; i++)
        {
            next.Next(_luma, _u, _v, Width);
            Show((double)i / steps, 0, ground);
        }

        Put.Add(new PutCut(from, _number, how));
    }

    private static void Mix(double[] to, double[] from, double part)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = (to[i] * part) + (from[i] * (1 - part));
        }
    }

    /// <param name="strength">Of the scene; the rest is <paramref name="ground"/>.</param>
    /// <param name="flash">Added to the brightness.</param>
    /// <param name="ground">What it fades to.</param>
    private void Show(double strength, int flash, double ground)
    {
        using Picture picture = pool.Rent(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            Span<byte> row = picture.RowY(y);
            if (y < _bars || y >= Height - _bars)
            {
                row.Fill(16);
                continue;
            }

            for (int x = 0; x < Width; x++)
            {
                double grain = ((_random.NextDouble() + _random.NextDouble()) - 1) * _grain;
                row[x] = (byte)Math.Clamp((_luma[(y * Width) + x] * strength) + (ground * (1 - strength)) + flash + grain, 16, 240);
            }
        }

        for (int y = 0; y < Height / 2; y++)
        {
            bool isBar = 2 * y < _bars || 2 * y >= Height - _bars;
            for (int x = 0; x < Width / 2; x++)
            {
                int at = (y * Width / 2) + x;
                picture.RowU(y)[x] = isBar ? (byte)128 : (byte)((_u[at] * strength) + (128 * (1 - strength)));
                picture.RowV(y)[x] = isBar ? (byte)128 : (byte)((_v[at] * strength) + (128 * (1 - strength)));
            }
        }

        var signature = new Signature();
        signature.Take(picture, pool);
        Kept?.Add(signature);
        _detector.Add(signature);
        _number++;
    }
}
