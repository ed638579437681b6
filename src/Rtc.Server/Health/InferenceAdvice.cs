using System.Globalization;

namespace Rtc.Server.Health;

/// <summary>What there is to detect with on this machine.</summary>
/// <param name="Megabytes">Memory that the server may use.</param>
/// <param name="DetectMs">One picture of 640×480; null where that was not timed.</param>
/// <param name="PortsFree">The media port can be opened on UDP and TCP.</param>
/// <param name="PagesCanDetect">The runtime for browsers is installed.</param>
internal sealed record InferenceFacts(
    int Cores, double Megabytes, string Model, string Provider, double? DetectMs, bool PortsFree, bool PagesCanDetect);

/// <summary>
/// Which side should detect here, as the pages take it in ?inference=, with a score: 100 is the server without doubt, 0 the browser.
/// Pure.
/// </summary>
internal sealed record InferenceAdvice(string Mode, int Score, IReadOnlyList<string> Reasons)
{
    private const int ServerFrom = 60;
    private const int BrowserUpTo = 40;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Mode} ({Score} of 100 for the server): {string.Join("; ", Reasons)}");

    public static InferenceAdvice Of(InferenceFacts facts)
    {
        var reasons = new List<string>();
        int score = 50;
        void Weigh(int points, FormattableString reason)
        {
            score += points;
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{FormattableString.Invariant(reason)} ({points:+0;−0;0})"));
        }

        Weigh(facts.Cores >= 8 ? 15 : facts.Cores >= 4 ? 5 : -10, $"{facts.Cores} cores");
        Weigh(facts.Megabytes >= 4096 ? 5 : facts.Megabytes >= 1024 ? 0 : -20, $"{facts.Megabytes / 1024:0.0} GiB of memory");
        if (facts.Model == "motion")
        {
            Weigh(0, $"no model: what moves is found on either side");
        }
        else
        {
            Weigh(facts.Provider is "cpu" ? 0 : 25, $"{facts.Model} on {facts.Provider}");
        }

        if (facts.DetectMs is { } ms)
        {
            Weigh(ms <= 20 ? 20 : ms <= 40 ? 10 : ms <= 80 ? 0 : ms <= 150 ? -20 : -35, $"{ms:0} ms a picture");
        }

        if (!facts.PortsFree)
        {
            Weigh(-10, $"the media port is taken");
        }

        score = Math.Clamp(score, 0, 100);
        if (!facts.PagesCanDetect)
        {
            reasons.Add("the runtime for browsers is not installed (npm package onnxruntime-web)");
            return new InferenceAdvice("server", 100, reasons);
        }

        return new InferenceAdvice(score >= ServerFrom ? "server" : score <= BrowserUpTo ? "browser" : "auto", score, reasons);
    }
}
