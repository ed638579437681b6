using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Rtc.Server.Http;
using Rtc.Server.Startup;

namespace Rtc.Server.Tests.Deploy;

/// <summary>What `dotnet publish` puts into its folder: the server serves pages and documents from there with nothing beside it.</summary>
public sealed class PublishedFolderTests : IDisposable
{
    /// <summary>Files that the pages load alone when they detect by themselves, and which no test needs to copy.</summary>
    private const string Runtime = "wwwroot/lib/onnxruntime/";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-published-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Published_folder_serves_pages_and_documents_by_itself()
    {
        Dictionary<string, string> files = await ListAsync();
        foreach ((string path, string source) in files.Where(file => file.Key.StartsWith("wwwroot/", StringComparison.Ordinal)
            || file.Key.StartsWith("docs/", StringComparison.Ordinal)))
        {
            string target = Path.Combine(_folder.FullName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (!path.StartsWith(Runtime, StringComparison.Ordinal))
            {
                File.Copy(source, target);
            }
        }

        Assert.Superset(
            new HashSet<string>(["rtc.dll", Runtime + "ort.wasm.bundle.min.mjs", Runtime + "ort-wasm-simd-threaded.wasm"]),
            new HashSet<string>(files.Keys));
        Assert.DoesNotContain(files.Keys, path => path.EndsWith(".d.ts", StringComparison.Ordinal));
        RtcPaths paths = RtcPaths.Find(_folder.FullName);
        Assert.Equal(_folder.FullName, paths.Root);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using WebApplication site = builder.Build();
        Pages.Use(site, paths);
        await site.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(site.Urls.First()) };
        foreach ((string address, string word) in ((string, string)[])
            [
                ("/view", "<title>"), ("/view?lang=de", "lang=\"de\""), ("/docs", "How Rtc is built"), ("/docs/PROTOCOL", "<h1"),
                ("/docs/PROTOCOL.md", "# "), ("/lib/signalr.min.js", "signalR"), ("/elements/rtc-viewer.js", "rtc-viewer"),
                ("/openapi/v1.json", "openapi"),
            ])
        {
            using HttpResponseMessage answer = await client.GetAsync(
                new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal((address, HttpStatusCode.OK), (address, answer.StatusCode));
            Assert.Contains(word, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        // With the bundle, where there is one: it was made of these very files.
        bool isBundled = Directory.Exists(Path.Combine(RtcPaths.Find().NodeModules, "esbuild"));
        string page = await client.GetStringAsync(new Uri("/view", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(isBundled, page.Contains("/built/view-", StringComparison.Ordinal));
    }

    /// <summary>The build's own list, by path in the folder; what is in it is not built for that.</summary>
    private static async Task<Dictionary<string, string>> ListAsync()
    {
        using Process build = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                "msbuild", Path.Combine(RtcPaths.Find().Root, "src", "Rtc.Server", "Rtc.Server.csproj"), "-nologo",
                "-t:ComputeResolvedFilesToPublishList", "-getItem:ResolvedFileToPublish", "-p:Configuration=Release", "-p:NoBuild=true",
                "-p:BuildProjectReferences=false", "-nodeReuse:false",
            ])
        { RedirectStandardOutput = true })!;
        string text = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, text);
        using JsonDocument list = JsonDocument.Parse(text);
        return list.RootElement.GetProperty("Items").GetProperty("ResolvedFileToPublish").EnumerateArray()
            .DistinctBy(file => file.GetProperty("RelativePath").GetString())
            .ToDictionary(
                file => file.GetProperty("RelativePath").GetString()!.Replace('\\', '/'),
                file => file.GetProperty("FullPath").GetString()!);
    }
}
