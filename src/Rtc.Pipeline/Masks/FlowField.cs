namespace Rtc.Pipeline.Masks;

/// <summary>
/// How a target moved within its box from one view to the next, block by block: first as a whole, then each block by itself,
/// by the target's own cells only, so that what is behind it has no say. Owned by <see cref="MaskFlow"/>.
/// </summary>
internal sealed class FlowField
{
    /// <summary>Blocks in a row and in a column.</summary>
    public const int Blocks = 8;

    /// <summary>Cells from one block's middle to the next one's.</summary>
    public const int Block = FlowView.Cells / Blocks;

    private const int Window = FlowView.Step;

    /// <summary>Cells that the whole target is looked for around where its box says, and a block around where the whole went.</summary>
    private const int MaxShift = 8;
    private const int MaxOwnShift = 3;

    /// <summary>A block with fewer cells of the target says nothing of it.</summary>
    private const int MinCells = 24;

    /// <summary>Staying where the others are is better than a match that is better by less than this, a cell.</summary>
    private const float Stay = 0.35f;

    /// <summary>Differences a cell above which nothing was found again: somebody else stands in front.</summary>
    private const int MaxDifference = 36;

    private const int Smoothings = 1;

    private readonly float[] _weight = new float[Blocks * Blocks];
    private readonly float[] _x = new float[Blocks * Blocks];
    private readonly float[] _y = new float[Blocks * Blocks];
    private readonly float[] _nextWeight = new float[Blocks * Blocks];
    private readonly float[] _nextX = new float[Blocks * Blocks];
    private readonly float[] _nextY = new float[Blocks * Blocks];

    /// <summary>In cells, to the right.</summary>
    public ReadOnlySpan<float> X => _x;

    /// <summary>In cells, down.</summary>
    public ReadOnlySpan<float> Y => _y;

    /// <summary>The longest of them along one axis.</summary>
    public float Longest { get; private set; }

    /// <summary>Measures the motion between two views; false where the target was not found again.</summary>
    public bool Measure(FlowView before, FlowView now)
    {
        (int wholeX, int wholeY, int cells, int difference) = Whole(before, now);
        if (cells < MinCells || difference > MaxDifference * cells)
        {
            return false;
        }

        bool moves = wholeX != 0 || wholeY != 0;
        for (int block = 0; block < _x.Length; block++)
        {
            moves |= Measure(before, now, block, wholeX, wholeY);
        }

        Longest = 0;
        if (!moves)
        {
            // Parts of a cell alone are noise.
            Array.Clear(_x);
            Array.Clear(_y);
            return true;
        }

        for (int i = 0; i < Smoothings; i++)
        {
            Smooth(wholeX, wholeY);
        }

        for (int block = 0; block < _x.Length; block++)
        {
            Longest = Math.Max(Longest, Math.Max(Math.Abs(_x[block]), Math.Abs(_y[block])));
        }

        return true;
    }

    private static (int X, int Y, int Cells, int Difference) Whole(FlowView before, FlowView now)
    {
        int cells = 0;
        for (int left = 0; left < FlowView.Cells; left += Window)
        {
            cells += before.Count(left, 0, FlowView.Cells);
        }

        (int bestX, int bestY, int best) = (0, 0, int.MaxValue);
        for (int step = 4; step >= 1; step /= 2)
        {
            int reach = step == 4 ? MaxShift : step;
            (int middleX, int middleY) = (bestX, bestY);
            for (int dy = middleY - reach; dy <= middleY + reach; dy += step)
            {
                for (int dx = middleX - reach; dx <= middleX + reach; dx += step)
                {
                    if (Math.Abs(dx) > MaxShift || Math.Abs(dy) > MaxShift)
                    {
                        continue;
                    }

                    int sum = 0;
                    for (int left = 0; left < FlowView.Cells; left += Window)
                    {
                        sum += before.Difference(now, left, 0, FlowView.Cells, 2, dx, dy);
                    }

                    sum += (int)(Stay * cells * (Math.Abs(dx) + Math.Abs(dy)) / MaxShift);
                    (bestX, bestY, best) = sum < best ? (dx, dy, sum) : (bestX, bestY, best);
                }
            }
        }

        return (bestX, bestY, cells, 2 * best);
    }

    /// <summary>Whether the block moved by itself, by a cell at least.</summary>
    private bool Measure(FlowView before, FlowView now, int block, int wholeX, int wholeY)
    {
        int left = (block % Blocks * Block) + (Block / 2) - (Window / 2);
        int top = (block / Blocks * Block) + (Block / 2) - (Window / 2);
        int cells = before.Count(left, top, Window);
        (_x[block], _y[block], _weight[block]) = (wholeX, wholeY, 0);
        if (cells < MinCells)
        {
            return false;
        }

        const int Side = (2 * MaxOwnShift) + 1;
        Span<int> sums = stackalloc int[Side * Side];
        (int best, long all) = (0, 0);
        for (int i = 0; i < sums.Length; i++)
        {
            int dx = (i % Side) - MaxOwnShift;
            int dy = (i / Side) - MaxOwnShift;
            sums[i] = before.Difference(now, left, top, Window, 1, wholeX + dx, wholeY + dy)
                + (int)(Stay * cells * (Math.Abs(dx) + Math.Abs(dy)) / MaxOwnShift);
            all += sums[i];
            best = sums[i] < sums[best] ? i : best;
        }

        int bestX = best % Side;
        int bestY = best / Side;
        float partX = bestX is > 0 and < Side - 1 ? Part(sums[best - 1], sums[best], sums[best + 1]) : 0;
        float partY = bestY is > 0 and < Side - 1 ? Part(sums[best - Side], sums[best], sums[best + Side]) : 0;
        _x[block] = wholeX + bestX - MaxOwnShift + partX;
        _y[block] = wholeY + bestY - MaxOwnShift + partY;

        // What is of one brightness matches anywhere, and says the less.
        _weight[block] = Math.Max(0, (all / (float)sums.Length) - sums[best]);
        return best != sums.Length / 2;
    }

    /// <summary>Where a parabola through three neighbours has its bottom.</summary>
    private static float Part(int before, int at, int after)
    {
        int bend = before + after - (2 * at);
        return bend <= 0 ? 0 : Math.Clamp((before - after) / (2f * bend), -0.5f, 0.5f);
    }

    private void Smooth(int wholeX, int wholeY)
    {
        for (int row = 0; row < Blocks; row++)
        {
            for (int column = 0; column < Blocks; column++)
            {
                (float x, float y, float weight, float share) = (0, 0, 0, 0);
                for (int dy = Math.Max(0, row - 1); dy <= Math.Min(Blocks - 1, row + 1); dy++)
                {
                    for (int dx = Math.Max(0, column - 1); dx <= Math.Min(Blocks - 1, column + 1); dx++)
                    {
                        int other = (dy * Blocks) + dx;
                        float near = dx == column && dy == row ? 4 : dx == column || dy == row ? 2 : 1;
                        x += near * _weight[other] * _x[other];
                        y += near * _weight[other] * _y[other];
                        weight += near * _weight[other];
                        share += near;
                    }
                }

                int at = (row * Blocks) + column;
                _nextX[at] = weight > 0 ? x / weight : wholeX;
                _nextY[at] = weight > 0 ? y / weight : wholeY;
                _nextWeight[at] = weight / share;
            }
        }

        _nextX.CopyTo(_x, 0);
        _nextY.CopyTo(_y, 0);
        _nextWeight.CopyTo(_weight, 0);
    }
}
