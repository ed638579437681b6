using System.Text.RegularExpressions;

namespace Rtc.Server.Http;

/// <summary>
/// Reads the plain sentences of a script in wwwroot/js/words: one line each, in objects of objects. What takes arguments is a
/// function there and is left to the page.
/// </summary>
internal static partial class WordsScript
{
    /// <summary>The one name whose keys stand without it, as in the pages' marks.</summary>
    private const string Shared = "text";

    /// <summary>Adds them by their keys, such as home.title.</summary>
    public static void Read(string script, Dictionary<string, string> words)
    {
        // Null is the inside of a function or of a table of the script's own.
        var open = new Stack<string?>();
        foreach (string line in script.Split('\n'))
        {
            if (line.TrimStart().StartsWith('}'))
            {
                open.TryPop(out _);
            }
            else if (line.EndsWith('{'))
            {
                open.Push(Opening().Match(line) is { Success: true } opening ? Below(open, opening.Groups[1].Value) : null);
            }
            else if (open.TryPeek(out string? above) && above is not null && Sentence().Match(line) is { Success: true } sentence)
            {
                words[above + sentence.Groups[1].Value] = Escape().Replace(sentence.Groups[2].Value, "$1");
            }
        }
    }

    private static string? Below(Stack<string?> open, string name) =>
        open.TryPeek(out string? above) ? (above is null ? null : $"{above}{name}.") : name == Shared ? string.Empty : name + ".";

    [GeneratedRegex(@"^\s*(?:speak\('[a-z]+', ')?'?([\w+-]+)'?(?:,|:) \{$")]
    private static partial Regex Opening();

    [GeneratedRegex(@"^\s*'?([\w+-]+)'?: '((?:[^'\\]|\\.)*)',$")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escape();
}
