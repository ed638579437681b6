using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

/// <summary>What a <see cref="BoxFilter"/> keeps of a box beside its centre and height.</summary>
internal enum BoxShape
{
    /// <summary>As ByteTrack: width through height, and noise by the height alone.</summary>
    Aspect,

    /// <summary>As BoT-SORT: the width itself, and noise across by the width.</summary>
    Width,
}

/// <summary>
/// A box in motion: centre, height and either aspect or width, each with its velocity. Noise grows with the size of the box. A step is
/// a thirtieth of a second.
/// </summary>
internal struct BoxFilter
{
    private const double PositionWeight = 1.0 / 20;
    private const double VelocityWeight = 1.0 / 160;
    private const double AspectDeviation = 1e-2;
    private const double AspectVelocityDeviation = 1e-5;
    private const double AspectMeasurementDeviation = 1e-1;

    private readonly BoxShape _shape;
    private AxisFilter _x;
    private AxisFilter _y;
    private AxisFilter _across;
    private AxisFilter _height;

    public BoxFilter(in RectF box, BoxShape shape = BoxShape.Aspect)
    {
        _shape = shape;
        double width = (double)box.Right - box.Left;
        double height = (double)box.Bottom - box.Top;
        double side = shape == BoxShape.Width ? width : height;
        _x = new AxisFilter(((double)box.Left + box.Right) / 2, 2 * PositionWeight * side, 10 * VelocityWeight * side);
        _y = new AxisFilter(((double)box.Top + box.Bottom) / 2, 2 * PositionWeight * height, 10 * VelocityWeight * height);
        _across = shape == BoxShape.Width
            ? new AxisFilter(width, 2 * PositionWeight * width, 10 * VelocityWeight * width)
            : new AxisFilter(width / height, AspectDeviation, AspectVelocityDeviation);
        _height = new AxisFilter(height, 2 * PositionWeight * height, 10 * VelocityWeight * height);
    }

    public readonly RectF Box => Corners(_x.Position, _y.Position, _across.Position, _height.Position);

    /// <summary>Speed of the centre in pixels a step.</summary>
    public readonly (double X, double Y) Velocity => (_x.Velocity, _y.Velocity);

    public void Predict(double steps)
    {
        double position = PositionWeight * _height.Position;
        double velocity = VelocityWeight * _height.Position;
        if (_shape == BoxShape.Width)
        {
            double positionAcross = PositionWeight * _across.Position;
            double velocityAcross = VelocityWeight * _across.Position;
            _x.Predict(steps, positionAcross, velocityAcross);
            _across.Predict(steps, positionAcross, velocityAcross);
        }
        else
        {
            _x.Predict(steps, position, velocity);
            _across.Predict(steps, AspectDeviation, AspectVelocityDeviation);
        }

        _y.Predict(steps, position, velocity);
        _height.Predict(steps, position, velocity);
    }

    public void Correct(in RectF box)
    {
        double deviation = PositionWeight * _height.Position;
        double width = (double)box.Right - box.Left;
        double height = (double)box.Bottom - box.Top;
        double x = ((double)box.Left + box.Right) / 2;
        if (_shape == BoxShape.Width)
        {
            double deviationAcross = PositionWeight * _across.Position;
            _x.Correct(x, deviationAcross);
            _across.Correct(width, deviationAcross);
        }
        else
        {
            _x.Correct(x, deviation);
            _across.Correct(width / height, AspectMeasurementDeviation);
        }

        _y.Correct(((double)box.Top + box.Bottom) / 2, deviation);
        _height.Correct(height, deviation);
    }

    /// <summary>An object out of sight keeps its size: a wrong growth would run away.</summary>
    public void StopGrowing()
    {
        _height.Velocity = 0;
        if (_shape == BoxShape.Width)
        {
            _across.Velocity = 0;
        }
    }

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
        _across.Position + (_across.Velocity * steps),
        _height.Position + (_height.Velocity * steps));

    private readonly RectF Corners(double x, double y, double across, double height)
    {
        double halfHeight = height / 2;
        double halfWidth = _shape == BoxShape.Width ? across / 2 : across * halfHeight;
        return new RectF((float)(x - halfWidth), (float)(y - halfHeight), (float)(x + halfWidth), (float)(y + halfHeight));
    }
}
