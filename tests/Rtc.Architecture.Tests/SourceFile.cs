using System.Text.RegularExpressions;

namespace Rtc.Architecture.Tests;

/// <summary>A C# file by its path below src, and what a look at its text tells.</summary>
internal sealed partial record SourceFile(string Path, string Text)
{
    /// <summary>The namespace that its folder asks for: Rtc.Peer/Rtp/X.cs is in Rtc.Peer.Rtp.</summary>
    public string FolderNamespace => Path[..Path.LastIndexOf('/')].Replace('/', '.');

    /// <summary>Null where it declares none, as a file of top-level statements does.</summary>
    public string? Namespace => NamespaceLine().Match(Text) is { Success: true } match ? match.Groups[1].Value : null;

    public int Lines => Text.AsSpan().Count('\n');

    /// <summary>Namespaces that it opens by using, aliases and static ones included.</summary>
    public IEnumerable<string> Usings => UsingLine().Matches(Text).Select(match => match.Groups[1].Value);

    /// <summary>Types that it declares, nested ones left out.</summary>
    public IEnumerable<string> Types => TypeLine().Matches(Text).Select(match => match.Groups[1].Value);

    /// <summary>Types of which it declares a part, nested ones left out.</summary>
    public IEnumerable<string> PartialTypes =>
        TypeLine().Matches(Text).Where(match => PartialWord().IsMatch(match.Value)).Select(match => match.Groups[1].Value);

    /// <summary>Names of the tests in it.</summary>
    public IEnumerable<string> Tests => TestLine().Matches(Text).Select(match => match.Groups[1].Value);

    /// <summary>Numbers of lines over so many columns; raw strings are left out, as what they hold would be another text.</summary>
    public IEnumerable<int> WideLines(int columns)
    {
        (int From, int To)[] raw = [.. RawString().Matches(Text).Select(match => (match.Index, match.Index + match.Length))];
        int at = 0;
        int number = 0;
        foreach (string line in Text.Split('\n'))
        {
            number++;
            int end = at + line.Length;
            if (line.Length > columns && !raw.Any(one => one.From < end && one.To > at))
            {
                yield return number;
            }

            at = end + 1;
        }
    }

    /// <summary>The text without comments.</summary>
    public string Code => Comment().Replace(Text, " ");

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:global )?using\s+(?:static\s+)?(?:\w+\s*=\s*)?([\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|static|sealed|abstract|readonly|ref|unsafe|partial)\s+)*"
            + @"(?:class|interface|enum|struct|record(?:\s+struct|\s+class)?)\s+(\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\bpartial\b")]
    private static partial Regex PartialWord();

    [GeneratedRegex(@"\[(?:Fact|Theory)\b[^;{]*?\bpublic\s+(?:(?:static|unsafe|async)\s+)*[\w.<>]+\s+(\w+)\s*\(")]
    private static partial Regex TestLine();

    [GeneratedRegex("(\"{3,})(?!\").*?\\1", RegexOptions.Singleline)]
    private static partial Regex RawString();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
