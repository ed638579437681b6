namespace Rtc.Pipeline.Tracking;

/// <summary>
/// A Kalman filter for one coordinate that moves with a steady velocity. ByteTrack's eight-state filter couples
/// each coordinate with its own velocity only (transition, measurement and all noises are diagonal in the four
/// coordinates), so four of these are the same filter at a tenth of the arithmetic.
/// </summary>
internal struct AxisFilter
{
    public double Position;
    public double Velocity;
    private double _positionVariance;
    private double _covariance;
    private double _velocityVariance;

    public AxisFilter(double position, double positionDeviation, double velocityDeviation)
    {
        Position = position;
        _positionVariance = positionDeviation * positionDeviation;
        _velocityVariance = velocityDeviation * velocityDeviation;
    }

    /// <summary>Moves on by <paramref name="steps"/>; the deviations are the process noise of one step.</summary>
    public void Predict(double steps, double positionDeviation, double velocityDeviation)
    {
        Position += Velocity * steps;
        _positionVariance += steps * ((2 * _covariance) + (steps * _velocityVariance) + (positionDeviation * positionDeviation));
        _covariance += steps * _velocityVariance;
        _velocityVariance += steps * velocityDeviation * velocityDeviation;
    }

    public void Correct(double measured, double deviation)
    {
        double innovationVariance = _positionVariance + (deviation * deviation);
        double positionGain = _positionVariance / innovationVariance;
        double velocityGain = _covariance / innovationVariance;
        double innovation = measured - Position;
        Position += positionGain * innovation;
        Velocity += velocityGain * innovation;
        _velocityVariance -= velocityGain * _covariance;
        _covariance -= positionGain * _covariance;
        _positionVariance -= positionGain * _positionVariance;
    }
}
