using Rtc.Media;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Masks;

/// <summary>
/// Writes a target's outline over the whole picture, small and hard-edged, as results carry it. The masks it gives out
/// come from a ring and are written again a few results later.
/// </summary>
internal sealed class ResultMask
{
    public const int LongerSide = 160;

    private const int Ring = 8;
    private const int Threshold = 128;

    private readonly Mask?[] _ring = new Mask?[Ring];
    private int _next;

    public Mask Write(PropagatedMask outline, in RectF box, in RoomUnits units)
    {
        int width = Math.Max(1, (int)MathF.Round(LongerSide * units.Width / RoomUnits.LongerSide));
        int height = Math.Max(1, (int)MathF.Round(LongerSide * units.Height / RoomUnits.LongerSide));
        Mask? mask = _ring[_next];
        if (mask is null || mask.Width != width || mask.Height != height)
        {
            _ring[_next] = mask = new Mask(width, height, default);
        }

        _next = (_next + 1) % Ring;
        mask.Region = new RectF(0, 0, units.PictureWidth, units.PictureHeight);
        mask.Alpha.Clear();
        RectF reach = PropagatedMask.Reach(box);
        if (!(reach.Width > 0 && reach.Height > 0))
        {
            return mask;
        }

        float cell = units.Width / width;
        int top = Math.Clamp((int)(reach.Top / cell), 0, height);
        int bottom = Math.Clamp((int)MathF.Ceiling(reach.Bottom / cell), 0, height);
        int left = Math.Clamp((int)(reach.Left / cell), 0, width);
        int right = Math.Clamp((int)MathF.Ceiling(reach.Right / cell), 0, width);
        for (int y = top; y < bottom; y++)
        {
            int row = (int)((((y + 0.5f) * cell) - reach.Top) / reach.Height * PropagatedMask.Side);
            if (row is < 0 or >= PropagatedMask.Side)
            {
                continue;
            }

            ReadOnlySpan<byte> source = outline.Alpha.Slice(row * PropagatedMask.Side, PropagatedMask.Side);
            Span<byte> target = mask.Row(y);
            for (int x = left; x < right; x++)
            {
                int column = (int)((((x + 0.5f) * cell) - reach.Left) / reach.Width * PropagatedMask.Side);
                if (column is >= 0 and < PropagatedMask.Side && source[column] >= Threshold)
                {
                    target[x] = 255;
                }
            }
        }

        return mask;
    }
}
