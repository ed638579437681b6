using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>A page with a run's figures and plots in it, self-contained: no script, no address elsewhere.</summary>
internal static class HtmlReport
{
    private const int Width = 760;
    private const int Height = 220;
    private const int Left = 56;
    private const int Bottom = 28;
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static string Of(RunResult result, JsonObject json)
    {
        double[] latency = result.Latency.ToArray();
        double[] gaps = result.Gathered(phone => phone.Gaps).ToArray();
        return Page(
            "Run",
            $"<pre>{WebUtility.HtmlEncode(RunCommand.Table(json))}</pre>",
            Plot("Latency, sample by sample (ms)", [.. latency.Select((value, index) => ((double)index, value))]),
            Plot("Latency, share of samples at most (ms)", Distribution(latency)),
            gaps.Length > 0 ? Plot("Gap between returned pictures, share at most (ms)", Distribution(gaps)) : "",
            $"<details><summary>JSON</summary><pre>{WebUtility.HtmlEncode(json.ToJsonString(s_indented))}</pre></details>");
    }

    public static string OfLoad(IReadOnlyList<(int Users, JsonObject Json)> results, double objective) => Page(
        "Load",
        Plot($"p95 latency by users (ms); objective {objective.ToString(CultureInfo.InvariantCulture)}",
            [.. results.Select(result => ((double)result.Users, result.Json["latency_metrics"]!["p95_latency"]!.GetValue<double>()))]),
        Plot("Pictures or results a second for each user", [
            .. results.Select(result => ((double)result.Users, result.Json["performance_metrics"]!["processed_fps"]!.GetValue<double>()))]),
        Plot("Server's cores",
            [.. results.Select(result => ((double)result.Users, result.Json["resource_metrics"]!["cores"]?.GetValue<double>() ?? 0))]));

    public static string OfSoak(IReadOnlyList<SoakState> busy, IReadOnlyList<SoakState> rests) => Page(
        "Soak",
        Plot("Memory at rest, by second (MB)", [.. rests.Select(state => (state.Seconds, state.Megabytes))]),
        Plot("Memory while rooms come and go (MB)", [.. busy.Select(state => (state.Seconds, state.Megabytes))]),
        Plot("Threads", [.. busy.Select(state => (state.Seconds, (double)state.Threads))]),
        Plot("Handles at rest", [.. rests.Select(state => (state.Seconds, (double)state.Handles))]));

    private static (double X, double Y)[] Distribution(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return [.. sorted.Select((value, index) => ((index + 1) * 100.0 / sorted.Length, value))];
    }

    private static string Plot(string title, (double X, double Y)[] points)
    {
        if (points.Length == 0)
        {
            return "";
        }

        double minX = points.Min(point => point.X);
        double maxX = Math.Max(points.Max(point => point.X), minX + 1e-9);
        double maxY = Math.Max(points.Max(point => point.Y), 1e-9);
        var line = new StringBuilder();
        int every = Math.Max(1, points.Length / 2000);
        for (int i = 0; i < points.Length; i += every)
        {
            double x = Left + ((points[i].X - minX) / (maxX - minX) * (Width - Left - 8));
            double y = (Height - Bottom) - (points[i].Y / maxY * (Height - Bottom - 10));
            line.Append(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#} ");
        }

        string grid = string.Concat(Enumerable.Range(0, 5).Select(step =>
        {
            double y = (Height - Bottom) - (step / 4.0 * (Height - Bottom - 10));
            return string.Create(
                CultureInfo.InvariantCulture,
                $"<line x1='{Left}' x2='{Width - 8}' y1='{y:0}' y2='{y:0}' class='g'/><text x='{Left - 6}' y='{y + 4:0}' "
                + $"text-anchor='end'>{maxY * step / 4:0.#}</text>");
        }));
        string ends =
            string.Create(
            CultureInfo.InvariantCulture,
            $"<text x='{Left}' y='{Height - 8}'>{minX:0.#}</text><text x='{Width - 8}' y='{Height - 8}' "
            + $"text-anchor='end'>{maxX:0.#}</text>");
        return $"<h2>{WebUtility.HtmlEncode(title)}</h2><svg viewBox='0 0 {Width} {Height}' role='img'>{grid}{ends}<polyline "
            + $"points='{line}'/></svg>";
    }

    private static string Page(string title, params string[] parts) => $$"""
        <!doctype html><html lang="en"><meta charset="utf-8"><title>Rtc bench: {{title}}</title>
        <style>body{font:15px system-ui;margin:2rem auto;max-width:820px;color:#1b1f24;background:#fff}svg{width:100%;background:#f6f8fa;border-radius:8px}
        polyline{fill:none;stroke:#0969da;stroke-width:1.5}.g{stroke:#d0d7de}text{font-size:11px;fill:#57606a}pre{overflow:auto}h2{font-size:1rem}</style>
        <h1>{{title}}</h1>{{string.Join('\n', parts)}}</html>
        """;
}
