namespace Rtc.Pipeline.Load;

/// <summary>How often a second something happened, over the last two seconds. Used from one thread, read from any.</summary>
internal sealed class RateMeter
{
    private const double WindowMs = 2000;
    private const int Capacity = 256;

    private readonly Lock _gate = new();
    private readonly double[] _times = new double[Capacity];
    private int _head;
    private int _count;

    public void Mark(double nowMs)
    {
        lock (_gate)
        {
            _times[_head] = nowMs;
            _head = (_head + 1) % Capacity;
            _count = Math.Min(_count + 1, Capacity);
        }
    }

    public double PerSecond(double nowMs)
    {
        lock (_gate)
        {
            int within = 0;
            double oldest = nowMs;
            double newest = double.MinValue;
            for (int i = 1; i <= _count; i++)
            {
                double at = _times[(_head - i + Capacity) % Capacity];
                if (nowMs - at > WindowMs)
                {
                    break;
                }

                newest = Math.Max(newest, at);
                oldest = at;
                within++;
            }

            // Intervals are counted, not marks: a stream that has just begun shows its rate at once.
            double spanMs = Math.Max(newest - oldest, nowMs - oldest - (within > 1 ? 2 * (newest - oldest) / (within - 1) : 0));
            return within < 2 || spanMs <= 0 ? 0 : (within - 1) * 1000 / spanMs;
        }
    }
}
