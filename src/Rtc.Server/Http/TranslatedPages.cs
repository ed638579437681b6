using System.Collections.Concurrent;
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
/// of js/words/de, and its scripts of words named before the page's own. Made once and kept as long as the page and the words stay.
/// </summary>
internal sealed partial class TranslatedPages(IFileProvider files) : IFileProvider
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
        if (Translated().Match(subpath) is not { Success: true } name || PageLanguage.Known(name.Groups[2].Value) is not { } language
            || language == PageLanguage.English || files.GetFileInfo(name.Groups[1].Value + Page) is not { Exists: true } page)
        {
            return files.GetFileInfo(subpath);
        }

        IFileInfo[] words = [.. files.GetDirectoryContents($"/js/words/{language}")];

        // Two languages of one length would share a tag, which is made of both, if they had one time.
        DateTimeOffset written = words.Append(page).Max(file => file.LastModified) - TimeSpan.FromSeconds(language[0]);
        if (!_kept.TryGetValue(subpath, out MadeFile? kept) || kept.LastModified != written)
        {
            byte[] html = Encoding.UTF8.GetBytes(Translate(page, words, language));
            kept = _kept[subpath] = new MadeFile(Path.GetFileName(subpath), written, html);
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
        html = Put(Body(), html, head, "main");
        return Script().Replace(html, match => string.Concat(match.Groups[1].Value.Split(' ')
            .Select(name => $"<script type=\"module\" src=\"/js/words/{language}/{name}.js\"></script>\n  ")) + match.Value, 1);
    }

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

    /// <summary>Of a page that is nothing but its text.</summary>
    [GeneratedRegex("(?<=<main class=\"lost\">).*?(?=</main>)", RegexOptions.Singleline)]
    private static partial Regex Body();

    [GeneratedRegex("""<script type="module" src="/js/pages/[a-z]+\.js" data-words="([a-z ]+)"></script>""")]
    private static partial Regex Script();
}
