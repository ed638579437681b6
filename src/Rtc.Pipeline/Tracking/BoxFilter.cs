using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

/// <summary>
/// A box in motion as ByteTrack models it: centre, aspect and height, each with its velocity. Noise grows with
/// the height of the box. A step is a thirtieth of a second.
/// </summary>
internal struct BoxFilter
{
    private const double PositionWeight = 1.0 / 20;
    private const double VelocityWeight = 1.0 / 160;
    private const double AspectDeviation = 1e-2;
    private const double AspectVelocityDeviation = 1e-5;
    private const double AspectMeasurementDeviation = 1e-1;

    private AxisFilter _x;
    private AxisFilter _y;
    private AxisFilter _aspect;
    private AxisFilter _height;

    public BoxFilter(in RectF box)
    {
        double height = (double)box.Bottom - box.Top;
        double position = 2 * PositionWeight * height;
        double velocity = 10 * VelocityWeight * height;
        _x = new AxisFilter(((double)box.Left + box.Right) / 2, position, velocity);
        _y = new AxisFilter(((double)box.Top + box.Bottom) / 2, position, velocity);
        _aspect = new AxisFilter(((double)box.Right - box.Left) / height, AspectDeviation, AspectVelocityDeviation);
        _height = new AxisFilter(height, position, velocity);
    }

    public readonly RectF Box => Corners(_x.Position, _y.Position, _aspect.Position, _height.Position);

    /// <summary>Speed of the centre in pixels a step.</summary>
    public readonly (double X, double Y) Velocity => (_x.Velocity, _y.Velocity);

    public void Predict(double steps)
    {
        double position = PositionWeight * _height.Position;
        double velocity = VelocityWeight * _height.Position;
        _x.Predict(steps, position, velocity);
        _y.Predict(steps, position, velocity);
        _aspect.Predict(steps, AspectDeviation, AspectVelocityDeviation);
        _height.Predict(steps, position, velocity);
    }

    public void Correct(in RectF box)
    {
        double deviation = PositionWeight * _height.Position;
        double height = (double)box.Bottom - box.Top;
        _x.Correct(((double)box.Left + box.Right) / 2, deviation);
        _y.Correct(((double)box.Top + box.Bottom) / 2, deviation);
        _aspect.Correct(((double)box.Right - box.Left) / height, AspectMeasurementDeviation);
        _height.Correct(height, deviation);
    }

    /// <summary>An object out of sight keeps its size: a wrong growth would run away.</summary>
    public void StopGrowing() => _height.Velocity = 0;

    /// <summary>The camera turned: everything in the picture moved by so much.</summary>
    public void Shift(double x, double y)
    {
        _x.Position += x;
        _y.Position += y;
    }

    /// <summary>Where the box will be, without moving the filter; negative steps look back.</summary>
    public readonly RectF BoxIn(double steps) => Corners(
        _x.Position + (_x.Velocity * steps),
        _y.Position + (_y.Velocity * steps),
        _aspect.Position + (_aspect.Velocity * steps),
        _height.Position + (_height.Velocity * steps));

    private static RectF Corners(double x, double y, double aspect, double height)
    {
        double halfHeight = height / 2;
        double halfWidth = aspect * halfHeight;
        return new RectF((float)(x - halfWidth), (float)(y - halfHeight), (float)(x + halfWidth), (float)(y + halfHeight));
    }
}
