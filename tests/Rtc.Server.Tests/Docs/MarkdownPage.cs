using System.Text.RegularExpressions;
using Rtc.Server.Startup;

namespace Rtc.Server.Tests.Docs;

/// <summary>A page of the repository's documents, with what tests ask of it: fenced blocks, code in the text, links and headings.</summary>
internal sealed partial class MarkdownPage
{
    private static readonly string[] s_foreign = ["node_modules", "bin", "obj", "artifacts", ".git"];

    private readonly string _prose;

    public MarkdownPage(string path, string text)
    {
        Path = path;
        Text = text.ReplaceLineEndings("\n");
        _prose = Fence().Replace(Text, "\n");
    }

    public static string Root { get; } = RtcPaths.Find().Root;

    /// <summary>Relative to the repository.</summary>
    public string Path { get; }

    public string Text { get; }

    /// <summary>Code within the text, without its backticks.</summary>
    public IEnumerable<string> CodeSpans => Span().Matches(_prose).Select(span => span.Groups[1].Value);

    /// <summary>Targets of links and pictures.</summary>
    public IEnumerable<string> Links => Link().Matches(Span().Replace(_prose, "code")).Select(link => link.Groups[1].Value);

    /// <summary>The names by which a link reaches the headings, as GitHub makes them.</summary>
    public IReadOnlySet<string> Anchors
    {
        get
        {
            var anchors = new HashSet<string>();
            foreach (Match heading in Heading().Matches(_prose))
            {
                string shown = heading.Groups[1].Value.Replace("`", string.Empty, StringComparison.Ordinal).Trim();
                string anchor = Punctuation().Replace(shown.ToLowerInvariant(), string.Empty).Replace(' ', '-');
                for (int i = 1; !anchors.Add(anchor); i++)
                {
                    anchor = $"{anchor}-{i}";
                }
            }

            return anchors;
        }
    }

    public static MarkdownPage Read(string path) => new(path, File.ReadAllText(System.IO.Path.Combine(Root, path)));

    /// <summary>Every page that is the project's own.</summary>
    public static IReadOnlyList<MarkdownPage> All() => [.. Below(Root).Select(file => Read(System.IO.Path.GetRelativePath(Root, file)))];

    /// <summary>The fenced blocks of this language, in order.</summary>
    public IEnumerable<string> Blocks(string language) =>
        Fence().Matches(Text).Where(block => block.Groups[1].Value == language).Select(block => block.Groups[2].Value);

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateDirectories(folder)
            .Where(inner => !s_foreign.Contains(System.IO.Path.GetFileName(inner)) && new DirectoryInfo(inner).LinkTarget is null)
            .SelectMany(Below)
            .Concat(Directory.EnumerateFiles(folder, "*.md"))
            .Order(StringComparer.Ordinal);

    [GeneratedRegex("^```([^\n]*)\n(.*?)^```[ ]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{Nd} _-]")]
    private static partial Regex Punctuation();
}
