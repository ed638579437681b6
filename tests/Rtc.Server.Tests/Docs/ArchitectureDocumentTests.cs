using System.Text.RegularExpressions;

namespace Rtc.Server.Tests.Docs;

/// <summary>Documents that speak of code name only what there is.</summary>
public sealed partial class ArchitectureDocumentTests
{
    private static readonly MarkdownPage s_page = MarkdownPage.Read("docs/ARCHITECTURE.md");

    [Fact]
    public void Every_capitalised_name_in_a_drawing_is_a_type()
    {
        string[] drawings = [.. s_page.Blocks("mermaid")];

        Assert.Equal(6, drawings.Length);
        foreach (string drawing in drawings)
        {
            string[] named = [.. Capitalised().Matches(drawing).Select(name => name.Value).Distinct()];
            Assert.NotEmpty(named);
            Assert.Equal([], named.Except(SourceNames.Types));
        }
    }

    [Fact]
    public void Every_name_in_code_type_is_a_type_or_member()
    {
        string[] named =
        [
            .. s_page.CodeSpans.Select(span => Name().Match(span)).Where(name => name.Success).Select(name => name.Groups[1].Value)
                .Distinct()
        ];

        Assert.True(named.Length > 20, string.Join(' ', named));
        Assert.Equal([], named.Where(name => !IsKnown(name)));
    }

    [Theory]
    [InlineData("docs/THREATS.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/decisions/*.md")]
    public void Types_that_other_documents_name_exist(string pattern)
    {
        string[] files = Directory.GetFiles(Path.Combine(MarkdownPage.Root, Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern));
        string[] named =
            [.. files.SelectMany(file => MarkdownPage.Read(file).CodeSpans).Where(span => TypeName().IsMatch(span)).Distinct()];

        Assert.NotEmpty(files);
        Assert.Equal([], named.Where(name => !IsKnown(name) && !SourceNames.PackageTypes.Contains(name)));
    }

    [Fact]
    public void Table_of_projects_lists_all_of_them()
    {
        string[] projects =
            [.. Directory.GetDirectories(Path.Combine(MarkdownPage.Root, "src")).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        string[] listed = [.. Project().Matches(s_page.Text).Select(row => row.Groups[1].Value).Order(StringComparer.Ordinal)];

        Assert.Equal(projects, listed);
    }

    private static bool IsKnown(string name) =>
        SourceNames.Types.Contains(name) || SourceNames.Members.Contains(name) || SourceNames.PageClasses.Contains(name);

    /// <summary>Not what is written in capitals alone, as STUN.</summary>
    [GeneratedRegex(@"\b[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\b")]
    private static partial Regex Capitalised();

    /// <summary>A name by itself, or one with what it is called with.</summary>
    [GeneratedRegex(@"^([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(\([^)]*\))?$")]
    private static partial Regex Name();

    /// <summary>Of two words at least: hub methods and words of a protocol have one.</summary>
    [GeneratedRegex("^[A-Z][a-z0-9]+([A-Z][A-Za-z0-9]*)+$")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^\| `src/([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Project();
}
