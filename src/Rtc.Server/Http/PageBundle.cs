using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.FileProviders;

namespace Rtc.Server.Http;

/// <summary>
/// What deploy/bundle.mjs made of the pages' scripts and styles, where it is there and was made of the very files that lie there now.
/// Where it was not, pages load the modules themselves.
/// </summary>
/// <param name="files">The files of wwwroot.</param>
/// <param name="time">Between two looks at the files.</param>
internal sealed partial class PageBundle(IFileProvider files, TimeProvider time)
{
    /// <summary>Where the bundle's files lie. Each is named by what is in it, and never changes.</summary>
    public const string Folder = "/built/";

    private const string ManifestFile = Folder + "pages.json";
    private const long NeverLooked = long.MinValue;

    /// <summary>Somebody who works on the pages sees a change at the next load; many loads at once look once.</summary>
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);
    private static readonly string[] s_sources = ["css", "js"];

    private readonly Lock _gate = new();
    private long _lookedAt = NeverLooked;
    private string? _looked;
    private (BundleManifest Manifest, DateTimeOffset Written)? _current;

    /// <summary>What there is to serve, and since when; null where pages load their modules.</summary>
    public (BundleManifest Manifest, DateTimeOffset Written)? Current
    {
        get
        {
            lock (_gate)
            {
                if (_lookedAt == NeverLooked || time.GetElapsedTime(_lookedAt) >= s_lookEvery)
                {
                    _lookedAt = time.GetTimestamp();
                    Look();
                }

                return _current;
            }
        }
    }

    /// <summary>
    /// The page with its style in it, which a browser would else wait for before it paints anything, and with the bundle's scripts; as it
    /// was where the bundle lacks the page, its style or its words.
    /// </summary>
    public string Put(BundleManifest manifest, string html, string language)
    {
        if (Script().Match(html) is not { Success: true } script
            || !manifest.Pages.TryGetValue(script.Groups[1].Value, out BundledPage? page)
            || !Styles().Matches(html).Select(match => match.Groups[1].Value).SequenceEqual(page.Styles)
            || files.GetFileInfo(page.Style) is not { Exists: true } file)
        {
            return html;
        }

        var scripts = new StringBuilder();
        foreach (string chunk in page.Chunks)
        {
            scripts.Append("<link rel=\"modulepreload\" href=\"").Append(chunk).Append("\">\n  ");
        }

        foreach (string name in script.Groups[2].Value.Split(' '))
        {
            if (!manifest.Words.TryGetValue($"{language}/{name}", out string? words))
            {
                return html;
            }

            scripts.Append("<script type=\"module\" src=\"").Append(words).Append("\"></script>\n  ");
        }

        scripts.Append("<script type=\"module\" src=\"").Append(page.Script).Append("\"></script>");
        using var reader = new StreamReader(file.CreateReadStream(), Encoding.UTF8);
        string own = reader.ReadToEnd();
        bool isFirst = true;
        html = html.Replace(script.Value, scripts.ToString(), StringComparison.Ordinal);
        return Styles().Replace(html, _ =>
        {
            string style = isFirst ? $"  <style>{own}</style>\n" : string.Empty;
            isFirst = false;
            return style;
        });
    }

    /// <summary>Reads what changed since; the files themselves only where their times or sizes did.</summary>
    private void Look()
    {
        if (files.GetFileInfo(ManifestFile) is not { Exists: true } file)
        {
            _current = null;
            _looked = null;
            return;
        }

        List<(string Path, IFileInfo File)> sources = [];
        foreach (string folder in s_sources)
        {
            List(folder, sources);
        }

        string looks = string.Join('\n', sources.Append((Path: ManifestFile, File: file))
            .Select(one => $"{one.Path} {one.File.LastModified.Ticks} {one.File.Length}"));
        if (looks == _looked)
        {
            return;
        }

        _looked = looks;
        using Stream json = file.CreateReadStream();
        _current = BundleManifest.Read(json) is { } manifest && manifest.Sources == Fingerprint(sources)
            ? (manifest, file.LastModified)
            : null;
    }

    private void List(string folder, List<(string Path, IFileInfo File)> into)
    {
        foreach (IFileInfo file in files.GetDirectoryContents("/" + folder))
        {
            string path = $"{folder}/{file.Name}";
            if (file.IsDirectory)
            {
                List(path, into);
            }
            else if (Path.GetExtension(path) is ".js" or ".css")
            {
                into.Add((path, file));
            }
        }
    }

    /// <summary>As deploy/bundle.mjs makes it.</summary>
    private static string Fingerprint(List<(string Path, IFileInfo File)> sources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var content = new MemoryStream();
        foreach ((string path, IFileInfo file) in sources.OrderBy(one => one.Path, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(path + '\0'));
            content.SetLength(0);
            using Stream stream = file.CreateReadStream();
            stream.CopyTo(content);
            hash.AppendData(content.GetBuffer().AsSpan(0, (int)content.Length));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    [GeneratedRegex("""<script type="module" src="(/js/pages/[a-z]+\.js)" data-words="([a-z ]+)"></script>""")]
    private static partial Regex Script();

    [GeneratedRegex("""  <link rel="stylesheet" href="(/css/[a-z]+\.css)">\n""")]
    private static partial Regex Styles();
}
