using Rtc.Media;

namespace Rtc.Pipeline.Masks;

/// <summary>
/// A target's outline between two runs of the mask model, kept in the coordinates of the target's box: where the box
/// goes and however it grows, the outline goes with it. A new outline is mixed with the last one in those coordinates,
/// so its edge is steadied over time without trailing behind what moves. Owned by the inference loop.
/// </summary>
internal sealed class PropagatedMask
{
    public const int Side = 128;

    /// <summary>The grid reaches this much of the box beyond it on each side, for arms and the soft edge.</summary>
    public const float Margin = 0.15f;

    /// <summary>Weight of a new outline that agrees with the last; one that disagrees replaces it.</summary>
    private const float NewWeight = 0.6f;
    private const double MinAgreement = 0.6;

    private const float EllipseSoftness = 0.18f;

    private static readonly byte[] Ellipse = BuildEllipse();

    private readonly byte[] _alpha = new byte[Side * Side];
    private readonly byte[] _next = new byte[Side * Side];

    /// <summary>The outline of whatever was not cut out yet.</summary>
    public static ReadOnlySpan<byte> EllipseAlpha => Ellipse;

    /// <summary>0 where it has no track.</summary>
    public int TargetId { get; private set; }

    /// <summary>False while it is only an ellipse.</summary>
    public bool IsOutline { get; private set; }

    public ReadOnlySpan<byte> Alpha => _alpha;

    /// <summary>The area that the grid covers for a target in <paramref name="box"/>.</summary>
    public static RectF Reach(in RectF box)
    {
        float x = box.Width * Margin;
        float y = box.Height * Margin;
        return new RectF(box.Left - x, box.Top - y, box.Right + x, box.Bottom + y);
    }

    public void Clear()
    {
        TargetId = 0;
        IsOutline = false;
    }

    /// <summary>Nothing better is known than the box.</summary>
    public void UseEllipse(int targetId)
    {
        TargetId = targetId;
        IsOutline = false;
        Ellipse.CopyTo(_alpha, 0);
    }

    /// <summary>Takes the model's outline of the target that was in <paramref name="box"/> (pixels) of the same picture.</summary>
    public void Take(int targetId, Mask mask, in RectF box)
    {
        Resample(mask, Reach(box), _next);
        bool mix = IsOutline && TargetId == targetId && Agreement(_alpha, _next) >= MinAgreement;
        for (int i = 0; i < _alpha.Length; i++)
        {
            _alpha[i] = mix ? (byte)(_alpha[i] + (NewWeight * (_next[i] - _alpha[i])) + 0.5f) : _next[i];
        }

        TargetId = targetId;
        IsOutline = true;
    }

    /// <summary>Overlap of two outlines over their union.</summary>
    private static double Agreement(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long both = 0;
        long either = 0;
        for (int i = 0; i < a.Length; i++)
        {
            both += Math.Min(a[i], b[i]);
            either += Math.Max(a[i], b[i]);
        }

        return either == 0 ? 0 : both / (double)either;
    }

    private static void Resample(Mask mask, in RectF area, Span<byte> into)
    {
        RectF from = mask.Region;
        float scaleX = mask.Width / Math.Max(from.Width, 1e-3f);
        float scaleY = mask.Height / Math.Max(from.Height, 1e-3f);
        for (int row = 0; row < Side; row++)
        {
            float y = area.Top + ((row + 0.5f) * area.Height / Side);
            float sourceY = ((y - from.Top) * scaleY) - 0.5f;
            Span<byte> target = into.Slice(row * Side, Side);
            if (y < from.Top || y >= from.Bottom)
            {
                target.Clear();
                continue;
            }

            int upperRow = Math.Clamp((int)MathF.Floor(sourceY), 0, mask.Height - 1);
            ReadOnlySpan<byte> upper = mask.Row(upperRow);
            ReadOnlySpan<byte> lower = mask.Row(Math.Min(upperRow + 1, mask.Height - 1));
            float partY = Math.Clamp(sourceY - upperRow, 0, 1);
            for (int column = 0; column < Side; column++)
            {
                float x = area.Left + ((column + 0.5f) * area.Width / Side);
                if (x < from.Left || x >= from.Right)
                {
                    target[column] = 0;
                    continue;
                }

                float sourceX = ((x - from.Left) * scaleX) - 0.5f;
                int left = Math.Clamp((int)MathF.Floor(sourceX), 0, mask.Width - 1);
                int right = Math.Min(left + 1, mask.Width - 1);
                float partX = Math.Clamp(sourceX - left, 0, 1);
                float above = upper[left] + (partX * (upper[right] - upper[left]));
                float below = lower[left] + (partX * (lower[right] - lower[left]));
                target[column] = (byte)(above + (partY * (below - above)) + 0.5f);
            }
        }
    }

    private static byte[] BuildEllipse()
    {
        byte[] alpha = new byte[Side * Side];
        float radius = 1 / (1 + (2 * Margin));
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                float dx = ((x + 0.5f) / (Side / 2f)) - 1;
                float dy = ((y + 0.5f) / (Side / 2f)) - 1;
                float distance = MathF.Sqrt((dx * dx) + (dy * dy)) / radius;
                float t = Math.Clamp((1 + EllipseSoftness - distance) / (2 * EllipseSoftness), 0, 1);
                alpha[(y * Side) + x] = (byte)(255 * t * t * (3 - (2 * t)));
            }
        }

        return alpha;
    }
}
