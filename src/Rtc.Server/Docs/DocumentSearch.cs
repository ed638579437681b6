using System.Net;
using System.Text;

namespace Rtc.Server.Docs;

/// <summary>A place where the words were found.</summary>
internal sealed record DocumentHit(Document Document, DocumentHeading Heading, string Excerpt, int Score);

/// <summary>Looks for words in documents: sections that hold all of them, those with the words in a heading first.</summary>
internal static class DocumentSearch
{
    private const int MaxWords = 8;
    private const int MaxHits = 40;
    private const int ExcerptBefore = 70;
    private const int ExcerptAfter = 170;

    public const int MaxLetters = 100;

    public static string[] Words(string query) =>
    [
        .. query[..Math.Min(query.Length, MaxLetters)].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxWords)
    ];

    public static IReadOnlyList<DocumentHit> Find(IReadOnlyList<Document> documents, string[] words)
    {
        if (words.Length == 0)
        {
            return [];
        }

        return
        [
            .. documents.SelectMany(document => document.Sections.Select(section => Hit(document, section, words))).OfType<DocumentHit>()
                .OrderByDescending(hit => hit.Score).Take(MaxHits)
        ];
    }

    /// <summary>The text of each heading, without marks; code is kept, for that is what people look for.</summary>
    public static IReadOnlyList<DocumentSection> Sections(string markdown, IReadOnlyList<DocumentHeading> headings)
    {
        List<DocumentSection> sections = [];
        var text = new StringBuilder();
        int next = 0;
        bool isCode = false;
        foreach (string line in markdown.ReplaceLineEndings("\n").Split('\n'))
        {
            bool isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            isCode ^= isFence;
            if (!isCode && !isFence && next < headings.Count && line.StartsWith('#'))
            {
                Close();
                next++;
            }
            else if (!isFence && line.Length > 0)
            {
                text.Append(isCode ? line : MarkdownInline.Plain(line.Trim('|', ' '))).Append('\n');
            }
        }

        Close();
        return sections;

        void Close()
        {
            if (next > 0)
            {
                sections.Add(new DocumentSection(headings[next - 1], text.ToString().Trim()));
            }

            text.Clear();
        }
    }

    /// <summary>Encoded, with the words marked.</summary>
    public static string Marked(string text, string[] words)
    {
        var html = new StringBuilder();
        int at = 0;
        while (at < text.Length)
        {
            string? word = words.FirstOrDefault(one => text.AsSpan(at).StartsWith(one, StringComparison.OrdinalIgnoreCase));
            int length = word?.Length ?? 1;
            string piece = WebUtility.HtmlEncode(text.Substring(at, length));
            html.Append(word is null ? piece : $"<mark>{piece}</mark>");
            at += length;
        }

        return html.ToString();
    }

    private static DocumentHit? Hit(Document document, DocumentSection section, string[] words)
    {
        int score = 0;
        foreach (string word in words)
        {
            bool isTitle = Has(document.Title, word);
            bool isHeading = Has(section.Heading.Text, word);
            bool isText = Has(section.Text, word);
            if (!isTitle && !isHeading && !isText)
            {
                return null;
            }

            score += (isHeading ? 4 : 0) + (isTitle ? 2 : 0) + (isText ? 1 : 0);
        }

        return new DocumentHit(document, section.Heading, Excerpt(section.Text, words), score);
    }

    private static string Excerpt(string text, string[] words)
    {
        int found = words.Select(word => text.IndexOf(word, StringComparison.OrdinalIgnoreCase)).Where(at => at >= 0)
            .DefaultIfEmpty(0).Min();
        int from = Math.Max(0, found - ExcerptBefore);
        int to = Math.Min(text.Length, found + ExcerptAfter);
        return (from > 0 ? "…" : string.Empty) + text[from..to].Replace('\n', ' ') + (to < text.Length ? "…" : string.Empty);
    }

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
}
