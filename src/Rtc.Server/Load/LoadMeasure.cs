using System.Globalization;

namespace Rtc.Server.Load;

/// <summary>One measure and the option that bounds it. Past the limit it is exceeded until it has fallen clearly below. Pure.</summary>
internal sealed class LoadMeasure(string what, string unit, string option, int limit)
{
    /// <summary>A measure that swings about its limit would open and close the door with every second.</summary>
    private const double Recovered = 0.9;

    public bool IsExceeded { get; private set; }

    /// <summary>The measure by its limit, where it has one.</summary>
    public double Share { get; private set; }

    public string Reason { get; private set; } = string.Empty;

    /// <summary>0 as a limit stands for none: then the share is of <paramref name="whole"/>.</summary>
    public void Update(double value, double whole)
    {
        Share = value / (limit > 0 ? limit : whole);
        IsExceeded = limit > 0 && Share >= (IsExceeded ? Recovered : 1);
        Reason = IsExceeded
            ? string.Create(
                CultureInfo.InvariantCulture, $"The server's {what} is at {value:F0}{unit} ({option}={limit}); try again later.")
            : string.Empty;
    }
}
