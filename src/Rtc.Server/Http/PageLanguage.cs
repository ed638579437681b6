using Microsoft.Net.Http.Headers;

namespace Rtc.Server.Http;

/// <summary>
/// The language of a page: what its address asks for, what was chosen on a page, or what the browser prefers, in this order.
/// The choice comes as a cookie, for the server writes the first words that are shown.
/// </summary>
internal static class PageLanguage
{
    public const string English = "en";

    /// <summary>Of the address, for one load: /view?lang=de.</summary>
    public const string Parameter = "lang";

    /// <summary>Set by the pages' own script.</summary>
    public const string Cookie = "rtc-language";

    /// <summary>What answers differ by.</summary>
    public const string Vary = "Accept-Language, Cookie";

    private static readonly string[] s_all = [English, "de", "fr", "es"];

    public static string Of(HttpRequest request) =>
        Known(request.Query[Parameter]) ?? Known(request.Cookies[Cookie]) ?? Preferred(request.Headers.AcceptLanguage.ToString());

    /// <summary>Which language of ours a tag such as de-AT means; null where none.</summary>
    public static string? Known(string? tag)
    {
        if (tag is null)
        {
            return null;
        }

        ReadOnlySpan<char> primary = tag.AsSpan(0, tag.IndexOf('-', StringComparison.Ordinal) is >= 0 and var end ? end : tag.Length);
        foreach (string one in s_all)
        {
            if (primary.Equals(one, StringComparison.OrdinalIgnoreCase))
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>"rtl" for what is written from right to left.</summary>
    public static string DirectionOf(string language) => language is "ar" or "fa" or "he" or "ur" ? "rtl" : "ltr";

    /// <summary>By quality, then by place; none of ours is English. (RFC 9110, 12.5.4)</summary>
    private static string Preferred(string accepted)
    {
        string best = English;
        double highest = 0;
        if (StringWithQualityHeaderValue.TryParseList([accepted], out IList<StringWithQualityHeaderValue>? tags))
        {
            foreach (StringWithQualityHeaderValue tag in tags)
            {
                if ((tag.Quality ?? 1) > highest && Known(tag.Value.Value) is { } known)
                {
                    (best, highest) = (known, tag.Quality ?? 1);
                }
            }
        }

        return best;
    }
}
