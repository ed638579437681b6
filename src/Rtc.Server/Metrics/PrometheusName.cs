using System.Text;

namespace Rtc.Server.Metrics;

/// <summary>
/// Turns an instrument's dotted name and UCUM unit into Prometheus' convention: underscores, the unit in full
/// at the end, _total behind a counter (https://prometheus.io/docs/practices/naming/).
/// </summary>
internal static class PrometheusName
{
    private const string CountSuffix = "_count";

    public static string Of(string name, string? unit, FamilyKind kind)
    {
        string result = Clean(name);
        if (kind != FamilyKind.Histogram && result.EndsWith(CountSuffix, StringComparison.Ordinal))
        {
            // .NET has gauges of that name; here it belongs to histograms.
            result = result[..^CountSuffix.Length];
        }

        string suffix = SuffixOf(unit, kind);
        if (suffix.Length > 0 && !result.EndsWith("_" + suffix, StringComparison.Ordinal))
        {
            result += "_" + suffix;
        }

        return kind == FamilyKind.Counter && !result.EndsWith("_total", StringComparison.Ordinal) ? result + "_total" : result;
    }

    /// <summary>Letters, digits and underscores, not starting with a digit: fit for a metric and for a label.</summary>
    public static string Clean(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (char c in name)
        {
            bool good = char.IsAsciiLetterOrDigit(c);
            if (good || text.Length == 0 || text[^1] != '_')
            {
                text.Append(good ? c : '_');
            }
        }

        return text.Length > 0 && char.IsAsciiDigit(text[0]) ? "_" + text : text.ToString();
    }

    private static string SuffixOf(string? unit, FamilyKind kind) => unit switch
    {
        null or "" => string.Empty,
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "By/s" => "bytes_per_second",
        "1" => kind == FamilyKind.Gauge ? "ratio" : string.Empty,
        _ when unit.StartsWith('{') => string.Empty,
        _ => Clean(unit),
    };
}
