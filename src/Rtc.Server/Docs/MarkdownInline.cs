using System.Net;
using System.Text;

namespace Rtc.Server.Docs;

/// <summary>A line of Markdown as HTML: code, links, pictures and emphasis. What is none of these is text, tags included.</summary>
internal static class MarkdownInline
{
    private const int MaxDepth = 4;

    private static readonly string[] s_schemes = ["https://", "http://", "mailto:"];

    /// <param name="text">The line.</param>
    /// <param name="linkOf">Where a relative link leads on the site; null leaves its words without one.</param>
    public static string Html(string text, Func<string, string?> linkOf)
    {
        var html = new StringBuilder(text.Length * 2);
        Append(html, text, linkOf, MaxDepth);
        return html.ToString();
    }

    /// <summary>What a reader sees of the line.</summary>
    public static string Plain(string text)
    {
        // Tags are of our own making, and text holds none.
        string html = Html(text, _ => null);
        var plain = new StringBuilder(html.Length);
        bool isTag = false;
        foreach (char letter in html)
        {
            if (letter is '<' or '>')
            {
                isTag = letter == '<';
            }
            else if (!isTag)
            {
                plain.Append(letter);
            }
        }

        return WebUtility.HtmlDecode(plain.ToString());
    }

    private static void Append(StringBuilder html, string text, Func<string, string?> linkOf, int depth)
    {
        int at = 0;
        int plain = 0;
        while (at < text.Length)
        {
            int before = at;
            string? piece = text[at] switch
            {
                '\\' when at + 1 < text.Length && char.IsPunctuation(text[at + 1]) => Escaped(text, ref at),
                '`' => Code(text, ref at),
                '!' when depth > 0 && at + 1 < text.Length && text[at + 1] == '[' => Image(text, linkOf, ref at),
                '[' when depth > 0 => Link(text, linkOf, depth, ref at),
                '<' => Address(text, ref at),
                '*' when depth > 0 => Emphasis(text, linkOf, depth, ref at),
                _ => null,
            };
            if (piece is null)
            {
                at = before + 1;
                continue;
            }

            html.Append(WebUtility.HtmlEncode(text[plain..before])).Append(piece);
            plain = at;
        }

        html.Append(WebUtility.HtmlEncode(text[plain..]));
    }

    private static string Escaped(string text, ref int at)
    {
        at += 2;
        return WebUtility.HtmlEncode(text[(at - 1)..at]);
    }

    private static string? Code(string text, ref int at)
    {
        int ticks = 1;
        while (at + ticks < text.Length && text[at + ticks] == '`')
        {
            ticks++;
        }

        string mark = new('`', ticks);
        int end = text.IndexOf(mark, at + ticks, StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        string code = text[(at + ticks)..end];
        at = end + ticks;
        return $"<code>{WebUtility.HtmlEncode(ticks > 1 ? code.Trim() : code)}</code>";
    }

    private static string? Image(string text, Func<string, string?> linkOf, ref int at)
    {
        int open = at + 1;
        if (!TryTarget(text, ref open, out string words, out string target) || TargetOf(target, linkOf) is not { } source)
        {
            return null;
        }

        at = open;
        return $"<img src=\"{WebUtility.HtmlEncode(source)}\" alt=\"{WebUtility.HtmlEncode(words)}\" loading=\"lazy\">";
    }

    private static string? Link(string text, Func<string, string?> linkOf, int depth, ref int at)
    {
        if (!TryTarget(text, ref at, out string words, out string target))
        {
            return null;
        }

        var inner = new StringBuilder();
        Append(inner, words, linkOf, depth - 1);
        return TargetOf(target, linkOf) is { } href ? $"<a href=\"{WebUtility.HtmlEncode(href)}\">{inner}</a>" : inner.ToString();
    }

    /// <summary>An address between angle brackets.</summary>
    private static string? Address(string text, ref int at)
    {
        int end = text.IndexOf('>', at);
        if (end < 0)
        {
            return null;
        }

        string address = text[(at + 1)..end];
        if (address.Contains(' ', StringComparison.Ordinal)
            || !s_schemes.Any(scheme => address.StartsWith(scheme, StringComparison.Ordinal)))
        {
            return null;
        }

        at = end + 1;
        string encoded = WebUtility.HtmlEncode(address);
        return $"<a href=\"{encoded}\">{encoded}</a>";
    }

    private static string? Emphasis(string text, Func<string, string?> linkOf, int depth, ref int at)
    {
        string mark = text.AsSpan(at).StartsWith("**", StringComparison.Ordinal) ? "**" : "*";
        int from = at + mark.Length;
        if (from >= text.Length || char.IsWhiteSpace(text[from]))
        {
            return null;
        }

        int end = text.IndexOf(mark, from, StringComparison.Ordinal);
        if (end <= from || char.IsWhiteSpace(text[end - 1]))
        {
            return null;
        }

        var inner = new StringBuilder();
        Append(inner, text[from..end], linkOf, depth - 1);
        at = end + mark.Length;
        string tag = mark.Length == 2 ? "strong" : "em";
        return $"<{tag}>{inner}</{tag}>";
    }

    /// <summary>[words](target), with brackets within the words in pairs.</summary>
    private static bool TryTarget(string text, ref int at, out string words, out string target)
    {
        (words, target) = (string.Empty, string.Empty);
        int depth = 0;
        int close = at;
        for (; close < text.Length; close++)
        {
            depth += text[close] == '[' ? 1 : text[close] == ']' ? -1 : 0;
            if (depth == 0)
            {
                break;
            }
        }

        if (close + 1 >= text.Length || text[close + 1] != '(')
        {
            return false;
        }

        int end = text.IndexOf(')', close);
        if (end < 0)
        {
            return false;
        }

        words = text[(at + 1)..close];
        target = text[(close + 2)..end].Trim();
        at = end + 1;
        return true;
    }

    /// <summary>Nothing but the web, mail and this site is ever linked to.</summary>
    private static string? TargetOf(string target, Func<string, string?> linkOf) =>
        s_schemes.Any(scheme => target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) ? target
        : target.StartsWith('#') ? target
        : target.Contains(':', StringComparison.Ordinal) || target.StartsWith('/') ? null
        : linkOf(target);
}
