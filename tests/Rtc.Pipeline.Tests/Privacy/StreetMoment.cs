using Rtc.Media;

namespace Rtc.Pipeline.Tests.Privacy;

/// <summary>One picture of a <see cref="StreetScene"/> as the camera took it, and who is truly on it.</summary>
internal sealed class StreetMoment(byte[] luma, int width, IReadOnlyList<(RectF Box, int ClassId)> seen)
{
    private const int Block = 8;

    /// <summary>A block has kept its detail where this share of its gradients is left.</summary>
    private const double KeptDetail = 0.5;

    /// <summary>Less than this a block never had.</summary>
    private const double MinDetail = 4;

    private readonly int _height = luma.Length / width;

    public IReadOnlyList<(RectF Box, int ClassId)> Seen => seen;

    public bool IsOf(Picture picture)
    {
        for (int y = 0; y < _height; y += 16)
        {
            if (!picture.RowY(y)[..width].SequenceEqual(luma.AsSpan(y * width, width)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The share of the blocks under this box that a viewer of <paramref name="shown"/> sees as the camera did.</summary>
    public double Sharp(Picture shown, RectF box) => Share(shown, box, Block, (_, _) => true);

    /// <summary>The same of all that no person is near.</summary>
    public double SharpElsewhere(Picture shown) => Share(shown, new RectF(0, 0, width, _height), 2 * Block, (x, y) => !seen.Any(actor =>
        actor.ClassId == StreetScene.Person
            && new RectF(actor.Box.Left - Block, actor.Box.Top - Block, actor.Box.Right + Block, actor.Box.Bottom + Block).Contains(x, y)));

    private double Share(Picture shown, RectF area, int step, Func<float, float, bool> counts)
    {
        int sharp = 0;
        int all = 0;
        for (int y = (int)area.Top; y + Block <= area.Bottom; y += step)
        {
            for (int x = (int)area.Left; x + Block <= area.Right; x += step)
            {
                if (counts(x + (Block / 2), y + (Block / 2)) && Detail(x, y, luma, width) is var had && had >= MinDetail)
                {
                    all++;
                    sharp += Detail(shown, x, y) > KeptDetail * had ? 1 : 0;
                }
            }
        }

        return all == 0 ? 0 : sharp / (double)all;
    }

    private static double Detail(int left, int top, byte[] pixels, int stride)
    {
        int sum = 0;
        for (int y = top; y < top + Block; y++)
        {
            for (int x = left + 1; x < left + Block; x++)
            {
                sum += Math.Abs(pixels[(y * stride) + x] - pixels[(y * stride) + x - 1]);
            }
        }

        return sum / (double)(Block * (Block - 1));
    }

    private static double Detail(Picture picture, int left, int top)
    {
        int sum = 0;
        for (int y = top; y < top + Block; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = left + 1; x < left + Block; x++)
            {
                sum += Math.Abs(row[x] - row[x - 1]);
            }
        }

        return sum / (double)(Block * (Block - 1));
    }
}
