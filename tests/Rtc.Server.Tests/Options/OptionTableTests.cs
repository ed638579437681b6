using System.Globalization;
using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Tests.Options;

public sealed class OptionTableTests
{
    [Fact]
    public void Every_option_says_what_it_is() =>
        Assert.All(OptionTable.Rows, row => Assert.True(row.Description.Length > 8, row.Path));

    [Fact]
    public void An_option_has_its_environment_variable()
    {
        Assert.Contains(OptionTable.Rows, row => row is { Path: "Http:Port", Environment: "RTC__HTTP__PORT", Default: "8080" });
        Assert.Contains(OptionTable.Rows, row => row.Path == "Media:IceServers:0:Urls");
    }

    /// <summary>docs/OPTIONS.md carries the very table; RTC_UPDATE_DOCS=1 writes it anew.</summary>
    [Fact]
    public void The_page_lists_the_options_as_they_are()
    {
        const string Begin = "<!-- options: written by the tests, RTC_UPDATE_DOCS=1 -->\n";
        const string End = "<!-- end of options -->";
        string page = Path.Combine(RtcPaths.Find().Root, "docs", "OPTIONS.md");
        string text = File.ReadAllText(page);
        int from = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int to = text.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("RTC_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(page, text[..from] + Markdown() + text[to..]);
            return;
        }

        Assert.Equal(Markdown(), text[from..to]);
    }

    private static string Markdown()
    {
        var text = new System.Text.StringBuilder();
        text.Append("| option | environment | kind | default | what it is |\n|---|---|---|---|---|\n");
        foreach (OptionRow row in OptionTable.Rows)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"| `{row.Path}` | `{row.Environment}` | {row.Kind} | {row.Default} | {row.Description} |\n");
        }

        return text.ToString();
    }
}
