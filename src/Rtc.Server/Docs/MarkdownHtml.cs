using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Rtc.Server.Docs;

/// <summary>A heading with the name by which a link reaches it.</summary>
internal sealed record DocumentHeading(int Level, string Text, string Anchor);

/// <summary>
/// The Markdown that this project's documents are written in, as HTML: headings, paragraphs, lists, tables, quotes and fenced code.
/// Every letter of the text is encoded; the only tags are those written here.
/// </summary>
internal sealed partial class MarkdownHtml
{
    private const int MaxDepth = 8;

    private readonly StringBuilder _html = new();
    private readonly List<DocumentHeading> _headings = [];
    private readonly HashSet<string> _anchors = [];
    private readonly Func<string, string?> _linkOf;

    private MarkdownHtml(Func<string, string?> linkOf) => _linkOf = linkOf;

    public static (string Html, IReadOnlyList<DocumentHeading> Headings) Of(string markdown, Func<string, string?> linkOf)
    {
        var page = new MarkdownHtml(linkOf);
        page.Blocks(markdown.ReplaceLineEndings("\n").Split('\n'), MaxDepth);
        return (page._html.ToString(), page._headings);
    }

    private void Blocks(IReadOnlyList<string> lines, int depth)
    {
        for (int at = 0; at < lines.Count;)
        {
            string line = lines[at];
            if (string.IsNullOrWhiteSpace(line))
            {
                at++;
            }
            else if (Fence().Match(line) is { Success: true } fence)
            {
                at = Code(lines, at, fence);
            }
            else if (HeadingLine().Match(line) is { Success: true } heading)
            {
                Heading(heading.Groups[1].Length, heading.Groups[2].Value);
                at++;
            }
            else if (line.StartsWith('|') && at + 1 < lines.Count && TableRule().IsMatch(lines[at + 1]))
            {
                at = Table(lines, at);
            }
            else if (line.StartsWith('>') && depth > 0)
            {
                at = Quote(lines, at, depth);
            }
            else if (Item().Match(line) is { Success: true } item && depth > 0)
            {
                at = List(lines, at, item, depth);
            }
            else
            {
                at = Paragraph(lines, at);
            }
        }
    }

    private void Heading(int level, string text)
    {
        string plain = MarkdownInline.Plain(text);
        string name = NoAnchor().Replace(plain.ToLowerInvariant(), string.Empty).Replace(' ', '-');
        string anchor = name;
        for (int i = 1; !_anchors.Add(anchor); i++)
        {
            anchor = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        }

        _headings.Add(new DocumentHeading(level, plain, anchor));
        string id = WebUtility.HtmlEncode(anchor);
        string label = WebUtility.HtmlEncode($"Link to {plain}");
        string mark = level == 1 ? string.Empty : $" <a class=\"anchor\" href=\"#{id}\" aria-label=\"{label}\">#</a>";
        _html.Append(CultureInfo.InvariantCulture, $"<h{level} id=\"{id}\">{Inline(text)}{mark}</h{level}>\n");
    }

    private int Code(IReadOnlyList<string> lines, int at, Match fence)
    {
        string indent = fence.Groups[1].Value;
        string mark = fence.Groups[2].Value;
        string language = fence.Groups[3].Value.Split(' ')[0];
        var code = new StringBuilder();
        for (at++; at < lines.Count && !lines[at].TrimStart().StartsWith(mark, StringComparison.Ordinal); at++)
        {
            string line = lines[at];
            code.Append(line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line).Append('\n');
        }

        string text = $"<pre tabindex=\"0\"><code>{WebUtility.HtmlEncode(code.ToString())}</code></pre>";
        _html.Append(language == "mermaid"
            ? $"<figure class=\"drawing\">{text}<figcaption>A drawing, as Mermaid writes it.</figcaption></figure>\n"
            : text + "\n");
        return at + 1;
    }

    private int Table(IReadOnlyList<string> lines, int at)
    {
        string[] heads = Cells(lines[at]);
        _html.Append("<div class=\"table\" tabindex=\"0\"><table><thead><tr>");
        foreach (string head in heads)
        {
            _html.Append("<th scope=\"col\">").Append(Inline(head)).Append("</th>");
        }

        _html.Append("</tr></thead><tbody>\n");
        for (at += 2; at < lines.Count && lines[at].StartsWith('|'); at++)
        {
            string[] cells = Cells(lines[at]);
            _html.Append("<tr>");
            for (int i = 0; i < heads.Length; i++)
            {
                _html.Append("<td>").Append(i < cells.Length ? Inline(cells[i]) : string.Empty).Append("</td>");
            }

            _html.Append("</tr>\n");
        }

        _html.Append("</tbody></table></div>\n");
        return at;
    }

    /// <summary>Between bars; one behind a backslash or within code is none.</summary>
    private static string[] Cells(string line)
    {
        List<string> cells = [];
        var cell = new StringBuilder();
        bool isCode = false;
        string row = line.Trim();
        for (int i = 1; i < row.Length; i++)
        {
            if (row[i] == '\\' && i + 1 < row.Length && row[i + 1] == '|')
            {
                cell.Append('|');
                i++;
            }
            else if (row[i] == '|' && !isCode)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
            {
                isCode ^= row[i] == '`';
                cell.Append(row[i]);
            }
        }

        if (cell.Length > 0)
        {
            cells.Add(cell.ToString().Trim());
        }

        return [.. cells];
    }

    private int Quote(IReadOnlyList<string> lines, int at, int depth)
    {
        List<string> inner = [];
        for (; at < lines.Count && lines[at].StartsWith('>'); at++)
        {
            inner.Add(lines[at].Length > 1 && lines[at][1] == ' ' ? lines[at][2..] : lines[at][1..]);
        }

        _html.Append("<blockquote>\n");
        Blocks(inner, depth - 1);
        _html.Append("</blockquote>\n");
        return at;
    }

    private int List(IReadOnlyList<string> lines, int at, Match first, int depth)
    {
        bool isOrdered = char.IsAsciiDigit(first.Groups[2].Value[0]);
        _html.Append(isOrdered ? "<ol>\n" : "<ul>\n");
        while (at < lines.Count && Item().Match(lines[at]) is { Success: true } item
            && char.IsAsciiDigit(item.Groups[2].Value[0]) == isOrdered)
        {
            int indent = item.Length - item.Groups[4].Length;
            List<string> inner = [item.Groups[4].Value];
            for (at++; at < lines.Count && Belongs(lines, at, indent); at++)
            {
                inner.Add(lines[at].Length > indent && string.IsNullOrWhiteSpace(lines[at][..indent])
                    ? lines[at][indent..] : lines[at].TrimStart());
            }

            Item(inner, depth);
        }

        _html.Append(isOrdered ? "</ol>\n" : "</ul>\n");
        return at;
    }

    /// <summary>One line is an item's text; more are blocks of their own.</summary>
    private void Item(List<string> inner, int depth)
    {
        _html.Append("<li>");
        int text = inner.FindIndex(line => string.IsNullOrWhiteSpace(line) || Item().IsMatch(line) || Fence().IsMatch(line));
        int end = text < 0 ? inner.Count : Math.Max(text, 1);
        _html.Append(Inline(string.Join(' ', inner.Take(end).Select(line => line.Trim()))));
        Blocks([.. inner.Skip(end)], depth - 1);
        _html.Append("</li>\n");
    }

    /// <summary>Indented as the item's text is, a blank line before such a one, or the same paragraph going on.</summary>
    private static bool Belongs(IReadOnlyList<string> lines, int at, int indent)
    {
        string line = lines[at];
        return string.IsNullOrWhiteSpace(line)
            ? at + 1 < lines.Count && lines[at + 1].StartsWith("  ", StringComparison.Ordinal)
                && !string.IsNullOrWhiteSpace(lines[at + 1])
            : line.StartsWith(new string(' ', Math.Min(indent, 2)), StringComparison.Ordinal)
                || (!string.IsNullOrWhiteSpace(lines[at - 1]) && !StartsBlock(line));
    }

    private static bool StartsBlock(string line) =>
        line.Length == 0 || line[0] is '#' or '|' or '>' || Item().IsMatch(line) || Fence().IsMatch(line);

    private int Paragraph(IReadOnlyList<string> lines, int at)
    {
        int from = at;
        for (at++; at < lines.Count && !string.IsNullOrWhiteSpace(lines[at]) && !StartsBlock(lines[at]); at++)
        {
        }

        string text = string.Join('\n', lines.Skip(from).Take(at - from).Select(line => line.Trim()));
        _html.Append("<p>").Append(Inline(text)).Append("</p>\n");
        return at;
    }

    private string Inline(string text) => MarkdownInline.Html(text, _linkOf);

    [GeneratedRegex("^( *)(```+)([^`]*)$")]
    private static partial Regex Fence();

    [GeneratedRegex("^(#{1,6}) +(.+?)(?: +#+)?$")]
    private static partial Regex HeadingLine();

    [GeneratedRegex(@"^\|[ :|-]+\|?\s*$")]
    private static partial Regex TableRule();

    [GeneratedRegex(@"^( *)([-*]|[0-9]{1,9}[.)])( +)(.*)$")]
    private static partial Regex Item();

    [GeneratedRegex(@"[^\p{L}\p{Nd} _-]")]
    private static partial Regex NoAnchor();
}
