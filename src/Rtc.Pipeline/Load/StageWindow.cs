namespace Rtc.Pipeline.Load;

/// <summary>The last few hundred times of one stage, for a median and a 95th percentile on demand.</summary>
internal sealed class StageWindow
{
    private const int Capacity = 256;

    private readonly Lock _gate = new();
    private readonly float[] _values = new float[Capacity];
    private int _next;
    private long _total;

    public long Total => Interlocked.Read(ref _total);

    public void Add(double milliseconds)
    {
        lock (_gate)
        {
            _values[_next] = (float)milliseconds;
            _next = (_next + 1) % Capacity;
            _total++;
        }
    }

    public StageTime Summary()
    {
        Span<float> sorted = stackalloc float[Capacity];
        lock (_gate)
        {
            int count = (int)Math.Min(_total, Capacity);
            _values.AsSpan(0, count).CopyTo(sorted);
            sorted = sorted[..count];
        }

        if (sorted.IsEmpty)
        {
            return default;
        }

        sorted.Sort();
        return new StageTime(sorted[sorted.Length / 2], sorted[Math.Min(sorted.Length - 1, sorted.Length * 95 / 100)]);
    }
}
