namespace Rtc.Peer.Congestion;

/// <summary>
/// The slope of the queueing delay over the last groups, by least squares over the smoothed sum of the
/// delay's changes. Positive while a queue grows.
/// </summary>
internal sealed class Trendline
{
    private const int Window = 20;
    private const double Smoothing = 0.9;

    private readonly double[] _x = new double[Window];
    private readonly double[] _y = new double[Window];
    private double _sum;
    private double _smoothed;
    private double _start;
    private int _count;

    public int Count => _count;

    public double Slope { get; private set; }

    public void Add(GroupDelta delta)
    {
        _start = _count == 0 ? delta.AtMilliseconds : _start;
        _sum += delta.ArrivedMilliseconds - delta.SentMilliseconds;
        _smoothed = (Smoothing * _smoothed) + ((1 - Smoothing) * _sum);
        _x[_count % Window] = delta.AtMilliseconds - _start;
        _y[_count % Window] = _smoothed;
        _count++;
        if (_count >= Window)
        {
            Slope = Fit();
        }
    }

    public void Reset()
    {
        _count = 0;
        _sum = 0;
        _smoothed = 0;
        Slope = 0;
    }

    private double Fit()
    {
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < Window; i++)
        {
            meanX += _x[i] / Window;
            meanY += _y[i] / Window;
        }

        double above = 0;
        double below = 0;
        for (int i = 0; i < Window; i++)
        {
            above += (_x[i] - meanX) * (_y[i] - meanY);
            below += (_x[i] - meanX) * (_x[i] - meanX);
        }

        return below == 0 ? Slope : above / below;
    }
}
