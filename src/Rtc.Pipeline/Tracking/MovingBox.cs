using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

/// <summary>
/// A box and how it moves, copied out of a track: the render loop carries it to the picture on hand. In the room's
/// own units (<see cref="RoomUnits"/>), so that it survives a sender that changes its picture's size.
/// </summary>
internal readonly record struct MovingBox(RectF Box, float SpeedX, float SpeedY, float GrowthX, float GrowthY)
{
    /// <summary>Carried further than this (half a second) a box would be a guess.</summary>
    private const double MaxSteps = 15;

    /// <summary>Less of its size than this a box never loses while it is carried.</summary>
    private const double MinScale = 0.5;

    private const double MaxScale = 2;

    public static MovingBox From(in BoxFilter filter)
    {
        RectF now = filter.Box;
        RectF next = filter.BoxIn(1);
        return new MovingBox(now, next.CenterX - now.CenterX, next.CenterY - now.CenterY, next.Width - now.Width, next.Height - now.Height);
    }

    /// <summary>The same motion seen from a later picture.</summary>
    public MovingBox Advance(double steps) => steps == 0 ? this : this with { Box = At(steps) };

    public RectF At(double steps)
    {
        double s = Math.Clamp(steps, -MaxSteps, MaxSteps);
        double x = Box.CenterX + (SpeedX * s);
        double y = Box.CenterY + (SpeedY * s);
        double halfWidth = Math.Clamp(Box.Width + (GrowthX * s), MinScale * Box.Width, MaxScale * Box.Width) / 2;
        double halfHeight = Math.Clamp(Box.Height + (GrowthY * s), MinScale * Box.Height, MaxScale * Box.Height) / 2;
        return new RectF((float)(x - halfWidth), (float)(y - halfHeight), (float)(x + halfWidth), (float)(y + halfHeight));
    }
}
