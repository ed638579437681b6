using System.Buffers.Binary;
using System.Runtime.Intrinsics;

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

    // Variance of grain: what is flatter has no structure to compare.
    private const double Floor = 9;

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

        PictureDifference best = With(earlier, later, 0, 0);
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
            ReadOnlySpan<byte> whole = zoom == 1 ? earlier.Luma : Zoom(earlier.Luma, zoomed, later.Width, later.Height, zoom);
            PictureDifference here = Blocks(whole, earlier, later, 2 * x, 2 * y);
            best = here.Change < best.Change ? here : best;
        }

        return best;
    }

    /// <summary>The difference if the camera has turned by so many pixels of the copy.</summary>
    public static PictureDifference With(Signature earlier, Signature later, double shiftX, double shiftY) => earlier.HasSizeOf(later)
        ? Blocks(earlier.Luma, earlier, later, (int)Math.Round(shiftX), (int)Math.Round(shiftY))
        : new PictureDifference(1, byte.MaxValue, 0, 0);

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
        var sums = new Sums();
        for (int row = 0; row < rows; row++)
        {
            sums.Add(
                earlier.Slice(((row + fromY) * width) + fromX, columns), later.Slice(((row + toY) * width) + toX, columns));
        }

        return sums.Likeness(columns * rows);
    }

    private static PictureDifference Blocks(ReadOnlySpan<byte> luma, Signature earlier, Signature later, int shiftX, int shiftY)
    {
        double sum = 0, weights = 0;
        long change = 0;
        double movedX = 0, movedY = 0;
        int blocks = 0, covered = 0;
        (int left, int top, int right, int bottom) = later.Inside;
        int marginX = (right - left) % Block / 2, marginY = (bottom - top) % Block / 2;
        for (int y = top + marginY; y + Block <= bottom; y += Block)
        {
            for (int x = left + marginX; x + Block <= right; x += Block)
            {
                blocks++;
                double likeness = double.MinValue;
                double weight = 0;
                (int X, int Y) best = default;
                for (int dy = -Refine; dy <= Refine; dy++)
                {
                    for (int dx = -Refine; dx <= Refine; dx++)
                    {
                        int fromX = x + shiftX + dx, fromY = y + shiftY + dy;
                        if (fromX < 0 || fromY < 0 || fromX + Block > later.Width || fromY + Block > later.Height)
                        {
                            continue;
                        }

                        Sums sums = SumsOf(luma, later, (fromY * later.Width) + fromX, (y * later.Width) + x);
                        double here = sums.Likeness(Block * Block);
                        if (here > likeness)
                        {
                            likeness = here;
                            best = (fromX, fromY);
                            weight = Math.Min(MaxWeight, sums.Deviation(Block * Block));
                        }
                    }
                }

                if (weight > 0)
                {
                    covered++;
                    sum += weight * Math.Clamp(1 - likeness, 0, 1);
                    weights += weight;
                    movedX += weight * (best.X - x);
                    movedY += weight * (best.Y - y);
                    change += ChangeOf(luma, earlier, later, best, (x, y));
                }
            }
        }

        return covered < MinCovered * blocks || weights == 0
            ? new PictureDifference(1, byte.MaxValue, 0, 0)
            : new PictureDifference(sum / weights, (double)change / (covered * Block * Block), movedX / weights, movedY / weights);
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

    private static Sums SumsOf(ReadOnlySpan<byte> earlier, Signature later, int from, int to)
    {
        var sums = new Sums();
        for (int row = 0; row < Block; row++)
        {
            sums.Add(earlier.Slice(from + (row * later.Width), Block), later.Luma.AsSpan(to + (row * later.Width), Block));
        }

        return sums;
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

    /// <summary>What two patches' correlation is made of.</summary>
    private struct Sums
    {
        private long _earlier;
        private long _later;
        private long _earlierSquares;
        private long _laterSquares;
        private long _products;

        public void Add(ReadOnlySpan<byte> earlier, ReadOnlySpan<byte> later)
        {
            long sumA = 0, sumB = 0, squaresA = 0, squaresB = 0, products = 0;
            later = later[..earlier.Length];
            int at = 0;
            if (earlier.Length >= Vector64<byte>.Count)
            {
                Vector128<uint> a1 = default, b1 = default, aa = default, bb = default, ab = default;
                for (; at <= earlier.Length - Vector64<byte>.Count; at += Vector64<byte>.Count)
                {
                    // A product of two bytes fits into sixteen bits.
                    Vector128<ushort> a = Vector128.WidenLower(Vector128.CreateScalar(
                        BinaryPrimitives.ReadUInt64LittleEndian(earlier[at..])).AsByte());
                    Vector128<ushort> b = Vector128.WidenLower(Vector128.CreateScalar(
                        BinaryPrimitives.ReadUInt64LittleEndian(later[at..])).AsByte());
                    a1 += Halves(a);
                    b1 += Halves(b);
                    aa += Halves(a * a);
                    bb += Halves(b * b);
                    ab += Halves(a * b);
                }

                (sumA, sumB) = (Vector128.Sum(a1), Vector128.Sum(b1));
                (squaresA, squaresB, products) = (Vector128.Sum(aa), Vector128.Sum(bb), Vector128.Sum(ab));
            }

            for (; at < earlier.Length; at++)
            {
                int a = earlier[at], b = later[at];
                sumA += a;
                sumB += b;
                squaresA += a * a;
                squaresB += b * b;
                products += a * b;
            }

            (_earlier, _later) = (_earlier + sumA, _later + sumB);
            (_earlierSquares, _laterSquares) = (_earlierSquares + squaresA, _laterSquares + squaresB);
            _products += products;

            static Vector128<uint> Halves(Vector128<ushort> of) => Vector128.WidenLower(of) + Vector128.WidenUpper(of);
        }

        /// <summary>1 where one is the other, brighter or darker or of more contrast; flat ones are alike.</summary>
        public readonly double Likeness(int count)
        {
            (double a, double b, double both) = Variances(count);
            return (both + Floor) / Math.Sqrt((a + Floor) * (b + Floor));
        }

        public readonly double Deviation(int count)
        {
            (double a, double b, _) = Variances(count);
            return Math.Sqrt(Math.Max(a, b) + Floor);
        }

        private readonly (double Earlier, double Later, double Both) Variances(int count)
        {
            double a = (double)_earlier / count, b = (double)_later / count;
            return (
                Math.Max(0, ((double)_earlierSquares / count) - (a * a)), Math.Max(0, ((double)_laterSquares / count) - (b * b)),
                ((double)_products / count) - (a * b));
        }
    }
}
