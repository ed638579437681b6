using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>
/// Splits an outline between clicks that keep and clicks that take away: each pixel goes with the click that is nearest on a way within
/// the outline, where a step over an edge of the picture is a long one.
/// </summary>
internal sealed class PointSplit(Picture picture, ClipMask mask)
{
    // Levels by which neighbours differ in an even place after coding.
    private const int Even = 6;

    // How many pixels of way a level beyond that is worth.
    private const int Steepness = 4;
    private const int MaxStep = 255;
    private const byte Kept = 1;
    private const byte Taken = 2;

    private readonly int _width = mask.Width;
    private readonly int[] _distances = new int[mask.Width * mask.Height];
    private readonly byte[] _owners = new byte[mask.Width * mask.Height];

    // Dial's queue: a ring of distances, since no step is longer than MaxStep.
    private readonly Queue<int>[] _ring = [.. Enumerable.Range(0, MaxStep + 1).Select(_ => new Queue<int>())];
    private int _open;

    public void Split(IReadOnlyList<ClickPoint> clicks)
    {
        Array.Fill(_distances, int.MaxValue);
        foreach (ClickPoint click in clicks)
        {
            int x = Math.Clamp((int)click.X, 0, _width - 1);
            int y = Math.Clamp((int)click.Y, 0, mask.Height - 1);
            if (mask.IsInside(x, y))
            {
                Reach((y * _width) + x, 0, click.IsTaken ? Taken : Kept);
            }
        }

        Walk();
        Span<byte> alpha = mask.Alpha;
        for (int i = 0; i < alpha.Length; i++)
        {
            alpha[i] = _owners[i] == Taken ? (byte)0 : alpha[i];
        }
    }

    private void Walk()
    {
        for (int distance = 0; _open > 0; distance++)
        {
            Queue<int> now = _ring[distance % _ring.Length];
            while (now.TryDequeue(out int at))
            {
                _open--;
                if (_distances[at] == distance)
                {
                    (int x, int y) = (at % _width, at / _width);
                    Step(at, x - 1, y);
                    Step(at, x + 1, y);
                    Step(at, x, y - 1);
                    Step(at, x, y + 1);
                }
            }
        }
    }

    private void Step(int from, int x, int y)
    {
        if (mask.IsInside(x, y))
        {
            int differs = Difference(from % _width, from / _width, x, y);
            Reach(
                (y * _width) + x, _distances[from] + Math.Min(MaxStep, 1 + (Steepness * Math.Max(0, differs - Even))), _owners[from]);
        }
    }

    private void Reach(int at, int distance, byte owner)
    {
        if (distance < _distances[at])
        {
            (_distances[at], _owners[at]) = (distance, owner);
            _ring[distance % _ring.Length].Enqueue(at);
            _open++;
        }
    }

    private int Difference(int x, int y, int otherX, int otherY) =>
        Math.Abs(picture.RowY(y)[x] - picture.RowY(otherY)[otherX])
        + Math.Abs(picture.RowU(y / 2)[x / 2] - picture.RowU(otherY / 2)[otherX / 2])
        + Math.Abs(picture.RowV(y / 2)[x / 2] - picture.RowV(otherY / 2)[otherX / 2]);
}
