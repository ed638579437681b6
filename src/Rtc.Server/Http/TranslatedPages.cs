using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Rtc.Server.Http;

/// <summary>
/// The files of wwwroot, and each page of it once more per language as /view.de.html: the marked English sentences replaced by those
/// of js/words/de, and its scripts of words named before the page's own; with a bundle its files in place of the page's own. Made once and
/// kept as long as the page, the words and the bundle stay.
/// </summary>
internal sealed partial class TranslatedPages(IFileProvider files, PageBundle bundle) : IFileProvider
{
    private const string Page = ".html";

    /// <summary>Sentences that only the server puts in: titles, descriptions and what a page says without scripts.</summary>
    private const string Heads = "pages.json";

    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly ConcurrentDictionary<string, MadeFile> _kept = new(StringComparer.Ordinal);

    /// <summary>Where a page stands in a language.</summary>
    public static string PathOf(string page, string language) =>
        language == PageLanguage.English ? page : $"{page[..^Page.Length]}.{language}{Page}";

    public IDirectoryContents GetDirectoryContents(string subpath) => files.GetDirectoryContents(subpath);

    public IChangeToken Watch(string filter) => files.Watch(filter);

    public IFileInfo GetFileInfo(string subpath)
    {
        if (!subpath.EndsWith(Page, StringComparison.Ordinal))
        {
            return files.GetFileInfo(subpath);
        }

        string language = PageLanguage.English;
        IFileInfo? page = null;
        if (Translated().Match(subpath) is { Success: true } name && PageLanguage.Known(name.Groups[2].Value) is { } known
            && known != PageLanguage.English)
        {
            (language, page) = (known, files.GetFileInfo(name.Groups[1].Value + Page));
        }

        page ??= files.GetFileInfo(subpath);
        (BundleManifest Manifest, DateTimeOffset Written)? built = bundle.Current;
        return page.Exists && (language != PageLanguage.English || built is not null) ? Made(subpath, page, language, built) : page;
    }

    private MadeFile Made(string subpath, IFileInfo page, string language, (BundleManifest Manifest, DateTimeOffset Written)? built)
    {
        bool isEnglish = language == PageLanguage.English;
        IFileInfo[] words = isEnglish ? [] : [.. files.GetDirectoryContents($"/js/words/{language}")];
        DateTimeOffset newest = words.Append(page).Max(file => file.LastModified);
        newest = built is { Written: var then } && then > newest ? then : newest;

        // Two languages of one length, or a page with a bundle and without, would share a tag, which is made of both, if they had one time.
        DateTimeOffset written = newest - TimeSpan.FromSeconds(language[0]) - TimeSpan.FromMinutes(built is null ? 0 : 5);
        if (!_kept.TryGetValue(subpath, out MadeFile? kept) || kept.LastModified != written)
        {
            string html = isEnglish ? ReadAll(page) : Translate(page, words, language);
            string? bundled = built is { Manifest: var manifest } ? bundle.Put(manifest, html, language) : null;
            html = bundled is not null && bundled != html ? bundled : WithWords(html, language);
            kept = _kept[subpath] = new MadeFile(Path.GetFileName(subpath), written, Encoding.UTF8.GetBytes(html))
            {
                StyleHash = Style().Match(html) is { Success: true } style
                    ? Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style.Value)))
                    : null,
            };
        }

        return kept;
    }

    private static string Translate(IFileInfo page, IFileInfo[] words, string language)
    {
        Dictionary<string, string> sentences = new(StringComparer.Ordinal);
        Dictionary<string, string> head = [];
        foreach (IFileInfo file in words)
        {
            if (file.Name == Heads)
            {
                using JsonDocument heads = JsonDocument.Parse(ReadAll(file));
                head = heads.RootElement.TryGetProperty(page.Name[..^Page.Length], out JsonElement own)
                    ? own.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetString()!, StringComparer.Ordinal)
                    : [];
            }
            else
            {
                WordsScript.Read(ReadAll(file), sentences);
            }
        }

        string html = ReadAll(page);
        html = Root().Replace(html, $"<html lang=\"{language}\" dir=\"{PageLanguage.DirectionOf(language)}\"", 1);
        html = Marked().Replace(html, match => sentences.TryGetValue(match.Groups[2].Value, out string? sentence)
            ? match.Groups[1].Value + s_encoder.Encode(sentence)
            : match.Value);
        html = Put(Title(), html, head, "title");
        html = Put(Description(), html, head, "description");
        html = Put(NoScript(), html, head, "noscript");
        return Put(Body(), html, head, "main");
    }

    /// <summary>English words are in the modules themselves.</summary>
    private static string WithWords(string html, string language) => language == PageLanguage.English
        ? html
        : Script().Replace(html, match => string.Concat(match.Groups[1].Value.Split(' ')
            .Select(name => $"<script type=\"module\" src=\"/js/words/{language}/{name}.js\"></script>\n  ")) + match.Value, 1);

    private static string Put(Regex place, string html, Dictionary<string, string> head, string name) =>
        head.TryGetValue(name, out string? words) ? place.Replace(html, _ => words, 1) : html;

    private static string ReadAll(IFileInfo file)
    {
        using var reader = new StreamReader(file.CreateReadStream(), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^([a-z0-9/-]+)\.([a-z]{2})\.html$")]
    private static partial Regex Translated();

    [GeneratedRegex("<html lang=\"en\" dir=\"ltr\"")]
    private static partial Regex Root();

    [GeneratedRegex("""(<[a-z0-9]+ [^<>]*data-text="([^"]+)"[^<>]*>)[^<]*""")]
    private static partial Regex Marked();

    [GeneratedRegex("(?<=<title>)[^<]*")]
    private static partial Regex Title();

    [GeneratedRegex("(?<=<meta name=\"description\" content=\")[^\"]*")]
    private static partial Regex Description();

    [GeneratedRegex("(?<=<noscript class=\"noscript\">).*?(?=</noscript>)", RegexOptions.Singleline)]
    private static partial Regex NoScript();

    [GeneratedRegex("(?<=<style>).*?(?=</style>)", RegexOptions.Singleline)]
    private static partial Regex Style();

    /// <summary>Of a page that is nothing but its text.</summary>
    [GeneratedRegex("(?<=<main class=\"lost\">).*?(?=</main>)", RegexOptions.Singleline)]
    private static partial Regex Body();

    [GeneratedRegex("""<script type="module" src="/js/pages/[a-z]+\.js" data-words="([a-z ]+)"></script>""")]
    private static partial Regex Script();
}
