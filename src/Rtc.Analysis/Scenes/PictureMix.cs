using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Rtc.Analysis.Scenes;

/// <summary>How much of the second scene is in a picture, and what a mix of both leaves over as a part of their difference.</summary>
internal readonly record struct MixFit(double Share, double Rest)
{
    public static readonly MixFit None = new(0, 1);
}

/// <summary>
/// Explains a picture as a mix of two others, wherever the cameras of both scenes have turned since. A part of the picture, where
/// something passes that is in neither, is left out.
/// </summary>
internal static class PictureMix
{
    private const int Block = 8;
    private const int MaxBlocks = 128;

    // Of the blocks, those that are explained best; of the picture, what has to be seen of both scenes.
    private const double Kept = 0.7;
    private const double MinCovered = 0.4;

    // Two scenes that differ by less can't be told from grain.
    private const double MinDifference = 6;

    // How often a pixel to either side is tried, and then half of one.
    private const int MaxMoves = 3;
    private const int MaxHalfMoves = 2;

    /// <summary>Where a scene that was at a shift a picture ago is now.</summary>
    public static PixelShift Follow(FinePicture scene, Signature here, PixelShift from)
    {
        double best = Likeness(scene, here, from);
        from = Follow(scene, here, from, PixelShift.Whole, MaxMoves, ref best);
        return Follow(scene, here, from, 1, MaxHalfMoves, ref best);
    }

    /// <summary>
    /// The mix of two pictures that explains one between, from where their scenes are supposed to be in it; both are set right.
    /// </summary>
    public static MixFit Explain(
        FinePicture first, ref PixelShift firstAt, FinePicture last, ref PixelShift lastAt, Signature here)
    {
        MixFit best = Fit(first, firstAt, last, lastAt, here);
        Explain(first, ref firstAt, last, ref lastAt, here, PixelShift.Whole, MaxMoves, ref best);
        Explain(first, ref firstAt, last, ref lastAt, here, 1, MaxHalfMoves, ref best);
        return best;
    }

    private static PixelShift Follow(
        FinePicture scene, Signature here, PixelShift from, int step, int moves, ref double best)
    {
        for (int move = 0; move < moves; move++)
        {
            PixelShift centre = from;
            for (int i = 0; i < 9; i++)
            {
                var tried = new PixelShift(centre.X + (step * ((i % 3) - 1)), centre.Y + (step * ((i / 3) - 1)));
                if (tried != centre && Likeness(scene, here, tried) is var likeness && likeness > best)
                {
                    (best, from) = (likeness, tried);
                }
            }

            if (from == centre)
            {
                break;
            }
        }

        return from;
    }

    private static void Explain(
        FinePicture first, ref PixelShift firstAt, FinePicture last, ref PixelShift lastAt, Signature here, int step, int moves,
        ref MixFit best)
    {
        for (int move = 0; move < moves; move++)
        {
            (PixelShift one, PixelShift other) = (firstAt, lastAt);
            for (int i = 0; i < 18; i++)
            {
                int x = step * ((i % 3) - 1), y = step * ((i / 3 % 3) - 1);
                if ((x, y) == (0, 0))
                {
                    continue;
                }

                PixelShift triedFirst = i < 9 ? new PixelShift(one.X + x, one.Y + y) : firstAt;
                PixelShift triedLast = i < 9 ? lastAt : new PixelShift(other.X + x, other.Y + y);
                MixFit fit = Fit(first, triedFirst, last, triedLast, here);
                if (fit.Rest < best.Rest)
                {
                    (best, firstAt, lastAt) = (fit, triedFirst, triedLast);
                }
            }

            if ((one, other) == (firstAt, lastAt))
            {
                break;
            }
        }
    }

    private static double Likeness(FinePicture scene, Signature here, PixelShift shift)
    {
        (int left, int top, int right, int bottom) = scene.SharedWith(here, shift);
        if (!IsEnough(here, left, top, right, bottom))
        {
            return double.MinValue;
        }

        return new PictureSums(
            scene.From(left, top, shift), here.Smooth.AsSpan((top * here.Width) + left), here.Width, right - left, bottom - top).Likeness;
    }

    /// <summary>How much of the second scene is in a picture where both are at these shifts.</summary>
    public static MixFit Fit(FinePicture first, PixelShift firstAt, FinePicture last, PixelShift lastAt, Signature here)
    {
        (int left, int top, int right, int bottom) = first.SharedWith(here, firstAt);
        (int otherLeft, int otherTop, int otherRight, int otherBottom) = last.SharedWith(here, lastAt);
        (left, top) = (Math.Max(left, otherLeft), Math.Max(top, otherTop));
        (right, bottom) = (Math.Min(right, otherRight), Math.Min(bottom, otherBottom));
        int columns = (right - left) / Block, rows = (bottom - top) / Block;
        if (!IsEnough(here, left, top, right, bottom) || columns * rows is 0 or > MaxBlocks)
        {
            return MixFit.None;
        }

        Span<BlockSums> blocks = stackalloc BlockSums[columns * rows];
        Span<double> rests = stackalloc double[columns * rows];
        BlockSums all = default;
        for (int i = 0; i < blocks.Length; i++)
        {
            int x = left + (i % columns * Block), y = top + (i / columns * Block);
            blocks[i] = SumsOf(
                first.From(x, y, firstAt), last.From(x, y, lastAt), here.Smooth.AsSpan((y * here.Width) + x), here.Width);
            all += blocks[i];
        }

        MixFit whole = all.Fit(MinDifference);
        if (whole == MixFit.None)
        {
            return whole;
        }

        for (int i = 0; i < blocks.Length; i++)
        {
            rests[i] = blocks[i].RestOf(all, whole.Share);
        }

        rests.Sort(blocks);
        BlockSums kept = default;
        foreach (BlockSums block in blocks[..(int)Math.Ceiling(Kept * blocks.Length)])
        {
            kept += block;
        }

        return kept.Fit(MinDifference);
    }

    private static bool IsEnough(Signature here, int left, int top, int right, int bottom) => right > left && bottom > top
        && (right - left) * (bottom - top)
            >= MinCovered * (here.Inside.Right - here.Inside.Left) * (here.Inside.Bottom - here.Inside.Top);

    private static BlockSums SumsOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, ReadOnlySpan<byte> here, int width)
    {
        Vector128<short> ways = default, gone = default;
        Vector128<int> waySquares = default, goneSquares = default, products = default;
        for (int row = 0; row < Block; row++)
        {
            Vector128<short> a = Eight(first, row * width);
            Vector128<short> way = Eight(last, row * width) - a, went = Eight(here, row * width) - a;
            ways += way;
            gone += went;
            (Vector128<int> wayLow, Vector128<int> wayHigh) = Vector128.Widen(way);
            (Vector128<int> wentLow, Vector128<int> wentHigh) = Vector128.Widen(went);
            waySquares += (wayLow * wayLow) + (wayHigh * wayHigh);
            goneSquares += (wentLow * wentLow) + (wentHigh * wentHigh);
            products += (wayLow * wentLow) + (wayHigh * wentHigh);
        }

        // Eight rows of differences fit into sixteen bits, but not their sum.
        return new BlockSums(
            Block * Block, Sum(ways), Sum(gone), Vector128.Sum(waySquares), Vector128.Sum(goneSquares), Vector128.Sum(products));

        static int Sum(Vector128<short> of) => Vector128.Sum(Vector128.WidenLower(of) + Vector128.WidenUpper(of));

        static Vector128<short> Eight(ReadOnlySpan<byte> of, int at) => Vector128.WidenLower(
            Vector128.CreateScalar(BinaryPrimitives.ReadUInt64LittleEndian(of[at..])).AsByte()).AsInt16();
    }

    /// <summary>Sums over pixels of how far it is from the first scene to the last, and of how far the picture has gone.</summary>
    private readonly record struct BlockSums(
        int Count, long Ways, long Gone, long WaySquares, long GoneSquares, long Products)
    {
        public static BlockSums operator +(BlockSums a, BlockSums b) => new(
            a.Count + b.Count, a.Ways + b.Ways, a.Gone + b.Gone, a.WaySquares + b.WaySquares, a.GoneSquares + b.GoneSquares,
            a.Products + b.Products);

        /// <summary>The share that explains it best, whatever the light does for the whole picture meanwhile.</summary>
        public MixFit Fit(double minDifference)
        {
            double ways = (double)WaySquares - ((double)Ways / Count * Ways);
            double gone = (double)GoneSquares - ((double)Gone / Count * Gone);
            double both = (double)Products - ((double)Ways / Count * Gone);
            return ways < minDifference * minDifference * Count
                ? MixFit.None
                : new MixFit(both / ways, Math.Sqrt(Math.Max(0, gone - (both / ways * both)) / ways));
        }

        /// <summary>What a share leaves over here, where the light is that of the whole.</summary>
        public double RestOf(BlockSums whole, double share)
        {
            double light = (whole.Gone - (share * whole.Ways)) / whole.Count;
            return GoneSquares + (share * share * WaySquares) + (light * light * Count)
                - (2 * share * Products) - (2 * light * Gone) + (2 * light * share * Ways);
        }
    }
}
