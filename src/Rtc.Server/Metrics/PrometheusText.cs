using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rtc.Server.Metrics;

/// <summary>Writes families in Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<Family> families)
    {
        var text = new StringBuilder(16 * 1024);
        foreach (IGrouping<string, Family> group in families.GroupBy(family => family.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            // Two meters may carry an instrument of the same name; the format allows one TYPE line each name.
            Family first = group.First();
            text.Append("# HELP ").Append(first.Name).Append(' ');
            AppendEscaped(text, first.Help, quotes: false);
            text.Append("\n# TYPE ").Append(first.Name).Append(' ').Append(first.Kind switch
            {
                FamilyKind.Counter => "counter",
                FamilyKind.Histogram => "histogram",
                _ => "gauge",
            }).Append('\n');
            foreach (Series series in group.Where(family => family.Kind == first.Kind).SelectMany(family => family.All))
            {
                if (first.Kind == FamilyKind.Histogram)
                {
                    AppendHistogram(text, first, series);
                }
                else
                {
                    series.Read([], out double value, out _);
                    AppendLine(text, first.Name, series.Tags, null, value);
                }
            }
        }

        return text.ToString();
    }

    private static void AppendHistogram(StringBuilder text, Family family, Series series)
    {
        long[] buckets = ArrayPool<long>.Shared.Rent(family.Bounds.Length + 1);
        series.Read(buckets.AsSpan(0, family.Bounds.Length + 1), out double sum, out long count);
        long below = 0;
        for (int i = 0; i <= family.Bounds.Length; i++)
        {
            below += buckets[i];
            string bound = i < family.Bounds.Length ? Number(family.Bounds[i]) : "+Inf";
            AppendLine(text, family.Name + "_bucket", series.Tags, bound, below);
        }

        ArrayPool<long>.Shared.Return(buckets);
        AppendLine(text, family.Name + "_sum", series.Tags, null, sum);
        AppendLine(text, family.Name + "_count", series.Tags, null, count);
    }

    private static void AppendLine(StringBuilder text, string name, KeyValuePair<string, object?>[] tags, string? bound, double value)
    {
        text.Append(name);
        if (tags.Length > 0 || bound is not null)
        {
            text.Append('{');
            string separator = string.Empty;
            foreach ((string key, object? tag) in tags)
            {
                text.Append(separator).Append(PrometheusName.Clean(key)).Append("=\"");
                AppendEscaped(text, Convert.ToString(tag, CultureInfo.InvariantCulture) ?? string.Empty, quotes: true);
                text.Append('"');
                separator = ",";
            }

            if (bound is not null)
            {
                text.Append(separator).Append("le=\"").Append(bound).Append('"');
            }

            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static void AppendEscaped(StringBuilder text, string value, bool quotes)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '"' when quotes => text.Append("\\\""),
                _ => text.Append(c),
            };
        }
    }
}
