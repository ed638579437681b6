namespace Rtc.Analysis.Scenes;

/// <summary>
/// How much of a picture's structure an earlier one does not explain, 0 to 1, how much a pixel has changed beside that in brightness and
/// colour, and the motion of the camera between the two: what is at a place of the later picture was further right and down by so many
/// pixels of the copy in the earlier one.
/// </summary>
internal readonly record struct PictureDifference(double Unexplained, double Change, double ShiftX, double ShiftY);

/// <summary>
/// Compares two pictures after the camera's motion is taken out: one shift, and where it is asked for a zoom, for the whole, and a pixel
/// or two more for each block. In structure brightness and contrast don't count, so that a fade or a lamp explains itself.
/// </summary>
internal static class PictureMatch
{
    private const int Block = 8;
    private const int Refine = 2;

    // A strong edge counts no more than this deviation: a logo that stays must not outweigh the scene.
    private const double MaxWeight = 24;

    // Of the picture, what has to be seen in both; and what a shift to less of it has to be better by.
    private const double MinCovered = 0.35;
    private const double ShiftCost = 0.1;

    private static readonly double[] s_noZoom = [1];
    private static readonly double[] s_zooms = [1, 0.65, 0.75, 0.85, 0.93, 1.08, 1.18, 1.33, 1.54];

    /// <param name="earlier">What may explain the other.</param>
    /// <param name="later">What is to be explained.</param>
    /// <param name="reach">How far the camera may have turned, as a part of the picture.</param>
    /// <param name="zooms">Whether it may have zoomed by more than a few percent.</param>
    public static PictureDifference Compare(Signature earlier, Signature later, double reach, bool zooms)
    {
        if (!earlier.HasSizeOf(later))
        {
            return new PictureDifference(1, byte.MaxValue, 0, 0);
        }

        PictureDifference best = Blocks(earlier.Luma, earlier, later, [(0, 0)]);
        int halfWidth = later.Width / 2, halfHeight = later.Height / 2;
        Span<byte> zoomedHalf = stackalloc byte[halfWidth * halfHeight];
        Span<byte> zoomed = stackalloc byte[later.Width * later.Height];
        double bestScore = double.MinValue;
        foreach (double zoom in zooms ? s_zooms : s_noZoom)
        {
            ReadOnlySpan<byte> half = zoom == 1 ? earlier.Half : Zoom(earlier.Half, zoomedHalf, halfWidth, halfHeight, zoom);
            (double score, int x, int y) = Search(half, later.Half, halfWidth, halfHeight, reach);
            if (zooms && score < bestScore - ShiftCost)
            {
                continue;
            }

            bestScore = Math.Max(bestScore, score);
            if (zoom == 1 && (x, y) == (0, 0))
            {
                continue;
            }

            ReadOnlySpan<byte> whole = zoom == 1 ? earlier.Luma : Zoom(earlier.Luma, zoomed, later.Width, later.Height, zoom);
            PictureDifference here = Blocks(whole, earlier, later, [(2 * x, 2 * y)]);
            best = here.Change < best.Change ? here : best;
        }

        return best;
    }

    /// <summary>
    /// The difference if everything has moved by one of so many pixels of the copy, in that part which has changed least.
    /// </summary>
    public static PictureDifference With(
        Signature earlier, Signature later, ReadOnlySpan<(double X, double Y)> shifts, double part = 1)
    {
        if (!earlier.HasSizeOf(later))
        {
            return new PictureDifference(1, byte.MaxValue, 0, 0);
        }

        Span<(int X, int Y)> whole = stackalloc (int, int)[shifts.Length];
        for (int i = 0; i < shifts.Length; i++)
        {
            whole[i] = ((int)Math.Round(shifts[i].X), (int)Math.Round(shifts[i].Y));
        }

        return Blocks(earlier.Luma, earlier, later, whole, part);
    }

    /// <summary>The shift at which two pictures of half size correlate most.</summary>
    private static (double Score, int X, int Y) Search(
        ReadOnlySpan<byte> earlier, ReadOnlySpan<byte> later, int width, int height, double reach)
    {
        int maxX = (int)Math.Round(width * reach), maxY = (int)Math.Round(height * reach);
        (double Score, int X, int Y) best = (Correlation(earlier, later, width, height, 0, 0), 0, 0);
        for (int y = -maxY; y <= maxY; y++)
        {
            for (int x = -maxX; x <= maxX; x++)
            {
                double covered = (double)(width - Math.Abs(x)) * (height - Math.Abs(y)) / (width * height);
                if ((x == 0 && y == 0) || covered < MinCovered)
                {
                    continue;
                }

                double score = Correlation(earlier, later, width, height, x, y) - ((1 - covered) * ShiftCost);
                if (score > best.Score)
                {
                    best = (score, x, y);
                }
            }
        }

        return best;
    }

    private static double Correlation(ReadOnlySpan<byte> earlier, ReadOnlySpan<byte> later, int width, int height, int x, int y)
    {
        int columns = width - Math.Abs(x), rows = height - Math.Abs(y);
        int fromX = Math.Max(0, x), fromY = Math.Max(0, y), toX = Math.Max(0, -x), toY = Math.Max(0, -y);
        return new PictureSums(earlier[((fromY * width) + fromX)..], later[((toY * width) + toX)..], width, columns, rows).Likeness;
    }

    private static PictureDifference Blocks(
        ReadOnlySpan<byte> luma, Signature earlier, Signature later, ReadOnlySpan<(int X, int Y)> shifts, double part = 1)
    {
        (int left, int top, int right, int bottom) = later.Inside;
        int columns = (right - left) / Block, rows = (bottom - top) / Block;
        int marginX = (right - left) % Block / 2, marginY = (bottom - top) % Block / 2;
        Span<int> changes = stackalloc int[columns * rows];
        Span<BlockMatch> matches = stackalloc BlockMatch[columns * rows];
        int covered = 0;
        for (int i = 0; i < matches.Length; i++)
        {
            int x = left + marginX + (i % columns * Block), y = top + marginY + (i / columns * Block);
            var match = new BlockMatch(double.MinValue, 0, 0, 0);
            foreach ((int shiftX, int shiftY) in shifts)
            {
                BlockMatch other = Match(luma, later, (x, y), (x + shiftX, y + shiftY));
                match = other.Likeness > match.Likeness ? other : match;
            }

            if (match.Weight > 0)
            {
                matches[covered] = match;
                changes[covered] = ChangeOf(luma, earlier, later, (match.X, match.Y), (x, y));
                (matches[covered].X, matches[covered].Y) = (match.X - x, match.Y - y);
                covered++;
            }
        }

        if (covered == 0 || covered < MinCovered * matches.Length)
        {
            return new PictureDifference(1, byte.MaxValue, 0, 0);
        }

        int kept = covered;
        if (part < 1)
        {
            changes[..covered].Sort(matches[..covered]);
            kept = (int)Math.Ceiling(part * covered);
        }

        double unexplained = 0, weights = 0, movedX = 0, movedY = 0;
        long change = 0;
        for (int i = 0; i < kept; i++)
        {
            (double likeness, double weight, int x, int y) = matches[i];
            unexplained += weight * Math.Clamp(1 - likeness, 0, 1);
            weights += weight;
            movedX += weight * x;
            movedY += weight * y;
            change += changes[i];
        }

        return new PictureDifference(
            unexplained / weights, (double)change / (kept * Block * Block), movedX / weights, movedY / weights);
    }

    /// <summary>Where about a place of the earlier picture a block of the later one is explained best; no weight where nowhere.</summary>
    private static BlockMatch Match(ReadOnlySpan<byte> luma, Signature later, (int X, int Y) block, (int X, int Y) about)
    {
        var best = new BlockMatch(double.MinValue, 0, 0, 0);
        for (int y = about.Y - Refine; y <= about.Y + Refine; y++)
        {
            for (int x = about.X - Refine; x <= about.X + Refine; x++)
            {
                if (x < 0 || y < 0 || x + Block > later.Width || y + Block > later.Height)
                {
                    continue;
                }

                var sums = new PictureSums(
                    luma[((y * later.Width) + x)..], later.Luma.AsSpan((block.Y * later.Width) + block.X), later.Width, Block, Block);
                double here = sums.Likeness;
                if (here > best.Likeness)
                {
                    best = new BlockMatch(here, Math.Min(MaxWeight, sums.Deviation), x, y);
                }
            }
        }

        return best;
    }

    /// <summary>Of all pixels of a block, the colours counted half.</summary>
    private static int ChangeOf(ReadOnlySpan<byte> luma, Signature earlier, Signature later, (int X, int Y) from, (int X, int Y) to)
    {
        int sum = 0;
        for (int row = 0; row < Block; row++)
        {
            ReadOnlySpan<byte> a = luma.Slice(((from.Y + row) * later.Width) + from.X, Block);
            ReadOnlySpan<byte> b = later.Luma.AsSpan(((to.Y + row) * later.Width) + to.X, Block);
            for (int i = 0; i < Block; i++)
            {
                sum += Math.Abs(a[i] - b[i]);
            }
        }

        int width = later.Width / 2, height = later.Height / 2, half = width * height;
        for (int row = 0; row < Block / 2; row++)
        {
            int a = (Math.Min((from.Y / 2) + row, height - 1) * width) + (from.X / 2);
            int b = (Math.Min((to.Y / 2) + row, height - 1) * width) + (to.X / 2);
            for (int i = 0; i < Block / 2; i++)
            {
                sum += 2 * (Math.Abs(earlier.Chroma[a + i] - later.Chroma[b + i])
                    + Math.Abs(earlier.Chroma[half + a + i] - later.Chroma[half + b + i]));
            }
        }

        return sum;
    }

    /// <summary>The picture as it was before the camera zoomed by this much about its middle.</summary>
    private static ReadOnlySpan<byte> Zoom(ReadOnlySpan<byte> from, Span<byte> to, int width, int height, double zoom)
    {
        for (int y = 0; y < height; y++)
        {
            double fromY = Math.Clamp(((y + 0.5 - (height / 2.0)) * zoom) + (height / 2.0) - 0.5, 0, height - 1.001);
            int upper = (int)fromY;
            double partY = fromY - upper;
            for (int x = 0; x < width; x++)
            {
                double fromX = Math.Clamp(((x + 0.5 - (width / 2.0)) * zoom) + (width / 2.0) - 0.5, 0, width - 1.001);
                int left = (int)fromX;
                double partX = fromX - left;
                int at = (upper * width) + left;
                double above = from[at] + ((from[at + 1] - from[at]) * partX);
                double below = from[at + width] + ((from[at + width + 1] - from[at + width]) * partX);
                to[(y * width) + x] = (byte)(above + ((below - above) * partY) + 0.5);
            }
        }

        return to;
    }

    /// <summary>How a block is explained, and from where.</summary>
    private record struct BlockMatch(double Likeness, double Weight, int X, int Y);
}
