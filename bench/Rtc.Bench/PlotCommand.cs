using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Rtc.Bench;

/// <summary>`rtc-bench plot RESULT.json --output PLOT.svg`: a soak's memory or a load's curve as a small picture for a document.</summary>
internal static class PlotCommand
{
    public static readonly string[] Options = ["output"];

    private const int Width = 720;
    private const int Height = 240;
    private const int Left = 48;
    private const int Right = 12;
    private const int Top = 36;
    private const int Bottom = 30;
    private const int MaxPoints = 240;
    private static readonly string[] s_colours = ["#0969da", "#bc4c00"];

    private sealed record Series(string Name, (double X, double Y)[] Points);

    public static int Invoke(string[] arguments)
    {
        if (arguments.Length == 0 || arguments[0].StartsWith("--", StringComparison.Ordinal) || !File.Exists(arguments[0]))
        {
            throw new UsageException("plot wants the JSON of a soak or of a load first");
        }

        var options = new Arguments(arguments[1..], Options);
        using JsonDocument result = JsonDocument.Parse(File.ReadAllBytes(arguments[0]));
        JsonElement root = result.RootElement;
        string svg = root.TryGetProperty("rests", out JsonElement rests)
            ? Draw("Memory of the server (MB) by minute", new Series("while rooms come and go", Points(
                root.GetProperty("states"), Minutes, Megabytes)), new Series("at rest, all rooms gone", Points(rests, Minutes, Megabytes)))
            : Draw("p95 latency (ms) and cores × 100, by " + root.GetProperty("raised").GetString(), new Series("p95 latency",
                Points(root.GetProperty("curve"), Count, P95)), new Series("cores × 100", Points(root.GetProperty("curve"), Count, Cores)));
        File.WriteAllText(options.Text("output") ?? throw new UsageException("--output names the picture's file"), svg);
        return 0;

        static double Minutes(JsonElement state) => state.GetProperty("seconds").GetDouble() / 60;
        static double Megabytes(JsonElement state) => state.GetProperty("mb").GetDouble();
        static double Count(JsonElement run) => run.GetProperty("count").GetDouble();
        static double P95(JsonElement run) => run.GetProperty("latency_metrics").GetProperty("p95_latency").GetDouble();
        static double Cores(JsonElement run) => run.GetProperty("resource_metrics").GetProperty("cores").GetDouble() * 100;
    }

    private static (double, double)[] Points(JsonElement list, Func<JsonElement, double> x, Func<JsonElement, double> y)
    {
        (double, double)[] all = [.. list.EnumerateArray().Select(item => (x(item), y(item)))];
        int every = Math.Max(1, all.Length / MaxPoints);
        return [.. all.Where((_, index) => index % every == 0 || index == all.Length - 1)];
    }

    private static string Draw(string title, params Series[] series)
    {
        double maxX = Math.Max(series.Max(one => one.Points.Max(point => point.X)), 1e-9);
        double maxY = Math.Max(series.Max(one => one.Points.Max(point => point.Y)), 1e-9);
        double X(double value) => Left + (value / maxX * (Width - Left - Right));
        double Y(double value) => Height - Bottom - (value / maxY * (Height - Bottom - Top));
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"11\" "
            + $"fill=\"#57606a\">\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>\n");
        svg.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{Left}\" y=\"16\" font-size=\"13\" fill=\"#1b1f24\">{WebUtility.HtmlEncode(title)}</text>\n");
        for (int step = 0; step <= 4; step++)
        {
            double value = maxY * step / 4;
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path d=\"M{Left} {Y(value):0.#}H{Width - Right}\" stroke=\"#d0d7de\"/><text x=\"{Left - 6}\" "
                + $"y=\"{Y(value) + 4:0.#}\" text-anchor=\"end\">{value:0}</text>");
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{X(maxX * step / 4):0.#}\" y=\"{Height - 10}\" text-anchor=\"middle\">{maxX * step / 4:0.#}</text>\n");
        }

        for (int i = 0; i < series.Length; i++)
        {
            string colour = s_colours[i % s_colours.Length];
            string points = string.Join(
                ' ', series[i].Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.#},{Y(point.Y):0.#}")));
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/><text x=\"{Left + (i * 200)}\" "
                + $"y=\"31\" fill=\"{colour}\">{WebUtility.HtmlEncode(series[i].Name)}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }
}
