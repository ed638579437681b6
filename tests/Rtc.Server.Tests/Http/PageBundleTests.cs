using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.FileProviders;
using Rtc.Server.Http;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Http;

/// <summary>When a page is given the bundle, and when its own modules.</summary>
public sealed class PageBundleTests : IDisposable
{
    private const string Page = """
        <html lang="en" dir="ltr">
        <head>
          <link rel="stylesheet" href="/css/base.css">
          <link rel="stylesheet" href="/css/view.css">
          <script src="/lib/signalr.min.js" defer></script>
          <script type="module" src="/js/pages/view.js" data-words="common own"></script>
        </head>

        """;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("rtc-bundle-");
    private readonly ManualClock _clock = new(DateTimeOffset.UnixEpoch);
    private readonly TranslatedPages _pages;

    public PageBundleTests()
    {
        Write("view.html", Page);
        Write("css/base.css", "a { color: red }");
        Write("css/view.css", "b { color: red }");
        Write("js/pages/view.js", "import '../ui/é.js';");
        Write("js/ui/é.js", "");
        Write("js/words/de/common.js", "speak('de', 'text', {\n});");
        Write("js/words/de/own.js", "");
        var files = new PhysicalFileProvider(_root.FullName);
        _pages = new TranslatedPages(files, new PageBundle(files, _clock));
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Page_names_the_bundle_in_place_of_its_own_files()
    {
        WriteManifest();
        Assert.Equal(
            """
            <html lang="en" dir="ltr">
            <head>
              <style>a,b{color:red}</style>
              <script src="/lib/signalr.min.js" defer></script>
              <link rel="modulepreload" href="/built/chunk.js">
              <script type="module" src="/built/en-common.js"></script>
              <script type="module" src="/built/en-own.js"></script>
              <script type="module" src="/built/view.js"></script>
            </head>

            """, Read("/view.html"));
        Assert.Equal(
            Convert.ToBase64String(SHA256.HashData("a,b{color:red}"u8)), ((MadeFile)_pages.GetFileInfo("/view.html")).StyleHash);
        Assert.Contains("/built/de-common.js", Read("/view.de.html"), StringComparison.Ordinal);
        Assert.DoesNotContain("/js/", Read("/view.de.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_bundle_pages_name_their_modules()
    {
        Assert.Equal(Page, Read("/view.html"));
        Assert.Contains("src=\"/js/words/de/own.js\"", Read("/view.de.html"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("js/ui/é.js", "changed")]
    [InlineData("js/ui/new.js", "")]
    [InlineData("css/base.css", "a { color: blu }")]
    [InlineData("built/pages.json", "{")]
    [InlineData("built/pages.json", "null")]
    [InlineData("built/pages.json", "{}")]
    public void After_a_change_pages_name_their_modules_until_the_next_bundle(string file, string content)
    {
        WriteManifest();
        string bundled = Read("/view.html");
        DateTimeOffset then = _pages.GetFileInfo("/view.html").LastModified;
        Write(file, content);
        Assert.Equal(bundled, Read("/view.html"));

        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(Page, Read("/view.html"));
        Assert.NotEqual(then, _pages.GetFileInfo("/view.html").LastModified);

        WriteManifest();
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(bundled, Read("/view.html"));
    }

    [Fact]
    public void Page_that_names_other_styles_than_the_bundle_knows_stays_as_it_is()
    {
        WriteManifest();
        string other = Page.Replace("base.css", "other.css", StringComparison.Ordinal);
        Write("view.html", other);
        Assert.Equal(other, Read("/view.html"));
    }

    [Fact]
    public void Page_whose_style_is_gone_stays_as_it_is()
    {
        WriteManifest();
        File.Delete(Path.Combine(_root.FullName, "built/view.css"));
        Assert.Equal(Page, Read("/view.html"));
    }

    [Fact]
    public void Page_whose_words_the_bundle_lacks_stays_as_it_is()
    {
        WriteManifest();
        string other = Page.Replace("common own", "common more", StringComparison.Ordinal);
        Write("view.html", other);
        Assert.Equal(other, Read("/view.html"));
    }

    private string Read(string page)
    {
        using var reader = new StreamReader(_pages.GetFileInfo(page).CreateReadStream());
        return reader.ReadToEnd();
    }

    private void Write(string file, string content)
    {
        string path = Path.Combine(_root.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private void WriteManifest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.EnumerateFiles(_root.FullName, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".js" or ".css")
            .Select(file => Path.GetRelativePath(_root.FullName, file)).Where(file => !file.StartsWith("built", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file + '\0'));
            hash.AppendData(File.ReadAllBytes(Path.Combine(_root.FullName, file)));
        }

        Write("built/view.css", "a,b{color:red}");
        Write("built/pages.json", JsonSerializer.Serialize(new
        {
            sources = Convert.ToHexStringLower(hash.GetHashAndReset()),
            pages = new Dictionary<string, object>
            {
                ["/js/pages/view.js"] = new
                {
                    script = "/built/view.js", chunks = (string[])["/built/chunk.js"], style = "/built/view.css",
                    styles = (string[])["/css/base.css", "/css/view.css"],
                },
            },
            words = new Dictionary<string, string>
            {
                ["en/common"] = "/built/en-common.js", ["en/own"] = "/built/en-own.js",
                ["de/common"] = "/built/de-common.js", ["de/own"] = "/built/de-own.js",
            },
        }));
    }
}
