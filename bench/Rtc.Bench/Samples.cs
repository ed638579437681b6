namespace Rtc.Bench;

/// <summary>Measured values of one kind, with the figures that reports quote.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];
    private readonly Lock _gate = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _values.Count;
            }
        }
    }

    /// <summary>All that several users measured.</summary>
    public static Samples Of<T>(IReadOnlyList<T> users, Func<T, Samples> of)
    {
        var all = new Samples();
        foreach (T user in users)
        {
            all.AddAll(of(user));
        }

        return all;
    }

    public void Add(double value)
    {
        lock (_gate)
        {
            _values.Add(value);
        }
    }

    public void AddAll(Samples other)
    {
        double[] values = other.ToArray();
        lock (_gate)
        {
            _values.AddRange(values);
        }
    }

    public double[] ToArray()
    {
        lock (_gate)
        {
            return [.. _values];
        }
    }

    public Summary Summarize()
    {
        double[] sorted = ToArray();
        if (sorted.Length == 0)
        {
            return default;
        }

        Array.Sort(sorted);
        double mean = sorted.Average();
        return new Summary(
            sorted.Length,
            Quantile(sorted, 0.5),
            Quantile(sorted, 0.95),
            Quantile(sorted, 0.99),
            sorted[0],
            sorted[^1],
            mean,
            Math.Sqrt(sorted.Sum(value => (value - mean) * (value - mean)) / sorted.Length));
    }

    /// <summary>Nearest rank: a value that was really measured.</summary>
    private static double Quantile(double[] sorted, double share) =>
        sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
}

internal readonly record struct Summary(
    int Count, double Median, double P95, double P99, double Minimum, double Maximum, double Mean, double Deviation);
