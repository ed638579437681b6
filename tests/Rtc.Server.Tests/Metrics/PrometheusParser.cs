using System.Globalization;

namespace Rtc.Server.Tests.Metrics;

internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>
/// A strict reader of the text format 0.0.4: throws on whatever a scraper might stumble over, from a sample without
/// its TYPE to a histogram whose buckets fall.
/// </summary>
internal sealed class PrometheusParser
{
    private readonly Dictionary<string, string> _types = [];
    private readonly HashSet<string> _helps = [];
    private readonly HashSet<string> _seen = [];
    private readonly HashSet<string> _closed = [];
    private string? _current;

    public List<Sample> Samples { get; } = [];

    public IReadOnlyDictionary<string, string> Types => _types;

    public static PrometheusParser Parse(string text)
    {
        var parser = new PrometheusParser();
        if (!text.EndsWith('\n'))
        {
            throw new FormatException("the last line has no end");
        }

        foreach (string line in text[..^1].Split('\n'))
        {
            parser.Line(line);
        }

        parser.CheckHistograms();
        return parser;
    }

    private void Line(string line)
    {
        if (line.StartsWith("# HELP ", StringComparison.Ordinal))
        {
            string name = line[7..].Split(' ')[0];
            Require(_helps.Add(name), $"two HELP lines for {name}");
            Begin(name);
            Require(line.Length > 8 + name.Length, $"HELP of {name} is empty");
        }
        else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
        {
            string[] parts = line[7..].Split(' ');
            Require(parts.Length == 2 && parts[1] is "counter" or "gauge" or "histogram", $"bad TYPE line: {line}");
            Require(_types.TryAdd(parts[0], parts[1]), $"two TYPE lines for {parts[0]}");
            Require(_helps.Contains(parts[0]), $"{parts[0]} has no HELP");
            Begin(parts[0]);
        }
        else
        {
            Read(line);
        }
    }

    private void Begin(string name)
    {
        if (_current == name)
        {
            return;
        }

        if (_current is not null)
        {
            _closed.Add(_current);
        }

        Require(!_closed.Contains(name), $"{name} comes in two groups");
        Require(IsName(name, colons: true), $"{name} is no metric name");
        _current = name;
    }

    private void Read(string line)
    {
        int at = 0;
        while (at < line.Length && line[at] is not ('{' or ' '))
        {
            at++;
        }

        string name = line[..at];
        var labels = new Dictionary<string, string>();
        if (at < line.Length && line[at] == '{')
        {
            at++;
            while (line[at] != '}')
            {
                int equals = line.IndexOf('=', at);
                string label = line[at..equals];
                Require(IsName(label, colons: false) && !label.StartsWith("__", StringComparison.Ordinal), $"{label} is no label name");
                Require(line[equals + 1] == '"', $"a label value without quotes: {line}");
                at = equals + 2;
                var value = new System.Text.StringBuilder();
                while (line[at] != '"')
                {
                    if (line[at] == '\\')
                    {
                        at++;
                        value.Append(line[at] switch
                        {
                            'n' => '\n',
                            '\\' => '\\',
                            '"' => '"',
                            _ => throw new FormatException($"bad escape: {line}"),
                        });
                    }
                    else
                    {
                        value.Append(line[at]);
                    }

                    at++;
                }

                Require(labels.TryAdd(label, value.ToString()), $"label {label} twice: {line}");
                at++;
                Require(line[at] is ',' or '}', $"labels run together: {line}");
                at += line[at] == ',' ? 1 : 0;
            }

            at++;
        }

        Require(at < line.Length && line[at] == ' ', $"no value: {line}");
        string number = line[(at + 1)..];
        double read = number switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
        string family = FamilyOf(name, labels);
        Require(_current == family, $"{name} stands outside of its group");
        Require(_types[family] != "counter" || (name.EndsWith("_total", StringComparison.Ordinal) && read >= 0), $"{name} is no counter");
        Require(
            _seen.Add(
                $"{name}{{{string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"))}}}"),
            $"the same sample twice: {line}");
        Samples.Add(new Sample(name, labels, read));
    }

    private string FamilyOf(string name, Dictionary<string, string> labels)
    {
        foreach (string suffix in new[] { "_bucket", "_sum", "_count" })
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal)
                && _types.TryGetValue(name[..^suffix.Length], out string? type)
                && type == "histogram")
            {
                Require((suffix == "_bucket") == labels.ContainsKey("le"), $"{name}: le belongs to buckets");
                return name[..^suffix.Length];
            }
        }

        Require(_types.ContainsKey(name), $"{name} has no TYPE");
        Require(_types[name] != "histogram", $"{name} is a histogram's bare name");
        return name;
    }

    private void CheckHistograms()
    {
        foreach (string name in _types.Where(type => type.Value == "histogram").Select(type => type.Key))
        {
            foreach (IGrouping<string, Sample> group in Samples.Where(sample => sample.Name == name + "_bucket")
                .GroupBy(sample => string.Join(',', sample.Labels.Where(l => l.Key != "le").Select(l => $"{l.Key}={l.Value}"))))
            {
                double[] counts = [.. group.Select(sample => sample.Value)];
                Require(counts.SequenceEqual(counts.Order()), $"{name}: buckets fall");
                Require(group.Last().Labels["le"] == "+Inf", $"{name}: no +Inf bucket");
                Sample count = Samples.Single(
                    sample =>
                        sample.Name == name + "_count" && string.Join(',', sample.Labels.Select(l => $"{l.Key}={l.Value}")) == group.Key);
                Require(count.Value.Equals(counts[^1]), $"{name}: count is not the +Inf bucket");
            }
        }
    }

    private static bool IsName(string name, bool colons) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_' || (colons && c == ':'));

    private static void Require(bool holds, string error)
    {
        if (!holds)
        {
            throw new FormatException(error);
        }
    }
}
