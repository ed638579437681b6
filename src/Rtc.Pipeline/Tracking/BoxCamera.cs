using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

/// <summary>
/// Reads the camera's motion off the boxes: how most of them left the places where their own motion would have brought them, all in the
/// same way. With fewer than a handful of objects that agree it says what the pictures say, or that the camera stands. One tracker owns
/// it; it allocates nothing once it has grown to the picture's objects.
/// </summary>
internal sealed class BoxCamera(float minScore)
{
    // Cells that votes fall into, as parts of the middle height of a box, and how many of the fullest are tried.
    private const double CellPart = 0.25;
    private const int Tried = 4;

    // Boxes further apart in size than this are not the same object's.
    private const double MaxGrowth = 1.3;

    // How far a camera turns at once, in heights of a box, and in cells; a side of the table has an empty cell more at either end.
    private const double MaxTurn = 6;
    private const int MaxCells = (int)(MaxTurn / CellPart);
    private const int Side = (2 * MaxCells) + 3;

    // Tracks that agree, and how much more overlap than a camera that stands has to be explained by one that moved.
    private const int MinAgreeing = 3;
    private const double MinShare = 0.5;
    private const double MinGain = 1.15;
    private const double MinOverlap = 0.3;

    // Less than this part of a height is jitter of boxes.
    private const double MinMotion = 0.03;
    private const int Refinements = 2;

    private readonly int[] _votes = new int[Side * Side];
    private readonly List<RectF> _expected = [];
    private readonly List<RectF> _seen = [];
    private readonly List<double> _heights = [];
    private readonly List<double> _byX = [];
    private readonly List<double> _byY = [];
    private (double X, double Y) _last;

    /// <param name="tracks">In sight in the last picture, where they were then.</param>
    /// <param name="detections">Of this picture.</param>
    /// <param name="steps">From the last picture to this one.</param>
    /// <param name="hint">What the pictures say; nothing where nobody looked at them.</param>
    public (double X, double Y) Update(
        IReadOnlyList<Track> tracks, ReadOnlySpan<Detection> detections, double steps, (double X, double Y) hint)
    {
        _expected.Clear();
        _seen.Clear();
        _heights.Clear();
        foreach (Track track in tracks)
        {
            _expected.Add(track.Motion.BoxIn(steps));
        }

        foreach (ref readonly Detection detection in detections)
        {
            if (detection.Score >= minScore && detection.Box.Width > 0 && detection.Box.Height > 0)
            {
                _seen.Add(detection.Box);
                _heights.Add(detection.Box.Height);
            }
        }

        _last = _expected.Count < MinAgreeing || _seen.Count < MinAgreeing ? hint : Best(hint);
        return _last;
    }

    private (double X, double Y) Best((double X, double Y) hint)
    {
        _heights.Sort();
        double height = _heights[_heights.Count / 2];
        (double X, double Y) best = default;
        double most = Overlap(default, out _);
        (double X, double Y) hinted = Refine(hint);
        if (hint != default && Overlap(hinted, out _) is var there && there > most)
        {
            (most, best) = (there, hinted);
        }

        most *= MinGain;
        Vote(height);
        for (int i = 0; i <= Tried; i++)
        {
            (double X, double Y) turn = i == 0 ? _last : TakeFullest(height * CellPart);
            for (int round = 0; round < Refinements; round++)
            {
                turn = Refine(turn);
            }

            double overlap = Overlap(turn, out int agreeing);
            if (overlap > most && agreeing >= Math.Max(MinAgreeing, _expected.Count * MinShare))
            {
                (most, best) = (overlap, turn);
            }
        }

        return Math.Abs(best.X) + Math.Abs(best.Y) < MinMotion * height ? default : best;
    }

    private void Vote(double height)
    {
        _votes.AsSpan().Clear();
        double cell = height * CellPart;
        foreach (RectF from in _expected)
        {
            foreach (RectF to in _seen)
            {
                double x = to.CenterX - from.CenterX, y = to.CenterY - from.CenterY;
                if (Math.Abs(x) < MaxTurn * height && Math.Abs(y) < MaxTurn * height && IsOfSize(from.Width, to.Width)
                    && IsOfSize(from.Height, to.Height))
                {
                    _votes[(((int)Math.Round(y / cell) + MaxCells + 1) * Side) + (int)Math.Round(x / cell) + MaxCells + 1]++;
                }
            }
        }
    }

    private static bool IsOfSize(double one, double other) => one < other * MaxGrowth && other < one * MaxGrowth;

    private (double X, double Y) TakeFullest(double cell)
    {
        int fullest = Side + 1, most = 0;
        for (int at = Side + 1; at < _votes.Length - Side - 1; at++)
        {
            int around = (2 * _votes[at]) + _votes[at - 1] + _votes[at + 1] + _votes[at - Side] + _votes[at + Side];
            if (_votes[at] > 0 && around > most)
            {
                (fullest, most) = (at, around);
            }
        }

        _votes[fullest] = 0;
        return (((fullest % Side) - MaxCells - 1) * cell, ((fullest / Side) - MaxCells - 1) * cell);
    }

    /// <summary>The middle of what pairs that nearly agree with a turn say of it.</summary>
    private (double X, double Y) Refine((double X, double Y) turn)
    {
        _byX.Clear();
        _byY.Clear();
        foreach (RectF from in _expected)
        {
            RectF there = Moved(from, turn);
            RectF nearest = default;
            double most = MinOverlap;
            foreach (RectF to in _seen)
            {
                double overlap = PixelOverlap.Of(there, to);
                if (overlap > most)
                {
                    (most, nearest) = (overlap, to);
                }
            }

            if (most > MinOverlap)
            {
                _byX.Add(nearest.CenterX - from.CenterX);
                _byY.Add(nearest.CenterY - from.CenterY);
            }
        }

        if (_byX.Count == 0)
        {
            return turn;
        }

        _byX.Sort();
        _byY.Sort();
        return (_byX[_byX.Count / 2], _byY[_byY.Count / 2]);
    }

    private double Overlap((double X, double Y) turn, out int agreeing)
    {
        double sum = 0;
        agreeing = 0;
        foreach (RectF from in _expected)
        {
            RectF there = Moved(from, turn);
            double most = 0;
            foreach (RectF to in _seen)
            {
                most = Math.Max(most, PixelOverlap.Of(there, to));
            }

            sum += most;
            agreeing += most > MinOverlap ? 1 : 0;
        }

        return sum;
    }

    private static RectF Moved(in RectF box, (double X, double Y) by) => new(
        (float)(box.Left + by.X), (float)(box.Top + by.Y), (float)(box.Right + by.X), (float)(box.Bottom + by.Y));
}
