using System.Text.RegularExpressions;
using Rtc.Server.Commands;
using Rtc.Server.Options;

namespace Rtc.Server.Tests.Docs;

/// <summary>All pages of the repository: links, paths, options and commands lead to something.</summary>
public sealed partial class DocumentTests
{
    private static readonly IReadOnlyList<MarkdownPage> s_pages = MarkdownPage.All();

    /// <summary>What stood in earlier versions is not held against this one.</summary>
    private static readonly IReadOnlyList<MarkdownPage> s_present = [.. s_pages.Where(page => page.Path != "CHANGELOG.md")];

    [Fact]
    public void Every_relative_link_leads_to_a_file_and_a_heading()
    {
        int followed = 0;
        var broken = new List<string>();
        foreach (MarkdownPage page in s_pages)
        {
            foreach (string link in page.Links
                .Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal)))
            {
                followed++;
                string[] parts = link.Split('#', 2);
                string target = parts[0].Length == 0 ? page.Path : Path.Combine(Path.GetDirectoryName(page.Path)!, parts[0]);
                if (!Path.Exists(Path.Combine(MarkdownPage.Root, target))
                    || (parts.Length == 2 && !MarkdownPage.Read(target).Anchors.Contains(parts[1])))
                {
                    broken.Add($"{page.Path}: {link}");
                }
            }
        }

        Assert.True(followed > 30, $"{followed} links");
        Assert.Equal([], broken);
    }

    [Fact]
    public void Every_path_in_code_type_exists()
    {
        string[] missing =
        [
            .. s_present.SelectMany(page => page.CodeSpans.Concat(page.Blocks("sh").SelectMany(block => block.Split('\n')))
                .SelectMany(code => code.Split([' ', '\t', '='], StringSplitOptions.RemoveEmptyEntries))
                .Where(word => OwnPath().IsMatch(word))
                .Where(word => !Path.Exists(Path.Combine(MarkdownPage.Root, word.TrimEnd('/'))) && !IsPattern(word))
                .Select(word => $"{page.Path}: {word}")).Distinct(),
        ];

        Assert.Equal([], missing);
    }

    [Fact]
    public void Every_option_that_is_named_is_an_option()
    {
        HashSet<string> paths = [.. OptionTable.Rows.Select(row => row.Path)];
        HashSet<string> variables = [.. OptionTable.Rows.Select(row => row.Environment)];
        string[] sections = [.. paths.Select(path => path.Split(':')[0]).Distinct()];
        var option = new Regex($@"\b(?:{string.Join('|', sections)}):[A-Z]\w+(?::\d+:\w+)?");

        string[] named = [.. s_present.SelectMany(page => option.Matches(page.Text).Select(match => match.Value)).Distinct()];
        string[] set = [.. s_present.SelectMany(page => Variable().Matches(page.Text).Select(match => match.Value)).Distinct()];

        Assert.True(named.Length > 40 && set.Length > 40);
        Assert.Equal(
            [], named.Where(name => !paths.Contains(name) && !paths.Any(path => path.StartsWith(name + ":", StringComparison.Ordinal))));
        Assert.Equal([], set.Except(variables));
    }

    [Fact]
    public async Task Every_flag_of_a_command_is_one_that_the_command_has()
    {
        var help = new Dictionary<string, string>();
        int checkedFlags = 0;
        foreach (MarkdownPage page in s_present)
        {
            IEnumerable<string> lines = page.Blocks("sh")
                .Append(page.Text.Contains("./rtc", StringComparison.Ordinal) ? string.Join('\n', page.CodeSpans) : string.Empty)
                .SelectMany(block => block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'));
            foreach (Match call in lines.SelectMany(line => Call().Matches(line)))
            {
                string command = call.Groups[1].Value.StartsWith("start.sh", StringComparison.Ordinal) ? "serve" : call.Groups[2].Value;
                if (!help.TryGetValue(command, out string? known))
                {
                    using var output = new StringWriter();
                    Assert.Equal(RtcCommand.Good, await RtcCommand.RunAsync([command, "--help"], output, output));
                    help[command] = known = output.ToString();
                }

                foreach (Match flag in Flag().Matches(call.Groups[3].Value))
                {
                    checkedFlags++;
                    Assert.True(Regex.IsMatch(known, $@"(?<![\w-]){flag.Value}(?![\w-])"), $"{page.Path}: {call.Value}: no {flag.Value}");
                }
            }
        }

        Assert.True(checkedFlags > 10, $"{checkedFlags} flags");
    }

    private static bool IsPattern(string word) =>
        word.Contains('*', StringComparison.Ordinal) || word.Contains('…', StringComparison.Ordinal);

    [GeneratedRegex(@"^(\./[a-z]|(src|tests|bench|deploy|docs|wwwroot)/)[\w./-]*\w/?$")]
    private static partial Regex OwnPath();

    [GeneratedRegex("RTC__[A-Z0-9_]+[A-Z0-9]")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\./(start\.sh|rtc ([a-z]+))((?: [^|&;#]*)?)")]
    private static partial Regex Call();

    [GeneratedRegex("(?<= )--[a-z][a-z-]*")]
    private static partial Regex Flag();
}
