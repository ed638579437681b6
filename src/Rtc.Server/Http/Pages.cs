using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Rtc.Server.Startup;

namespace Rtc.Server.Http;

/// <summary>
/// Serves wwwroot, gives its pages addresses without .html, the SignalR client under /lib and the documents that the
/// page /api leads to under /docs.
/// </summary>
internal static class Pages
{
    /// <summary>The one npm package that pages load, as /lib/signalr.min.js; an image has it in wwwroot itself.</summary>
    private const string LibraryPath = "/lib";
    private const string LibraryFolder = "@microsoft/signalr/dist/browser";
    private const string DocumentsPath = "/docs";

    public static void Use(WebApplication app, RtcPaths paths)
    {
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".mjs"] = "text/javascript";
        types.Mappings[".webmanifest"] = "application/manifest+json";
        types.Mappings[".onnx"] = "application/octet-stream";
        if (Directory.Exists(paths.WebRoot))
        {
            var files = new PhysicalFileProvider(paths.WebRoot);
            app.Use((context, next) =>
            {
                if (PageFile(context.Request, files) is { } file)
                {
                    context.Request.Path = file;
                }

                return next(context);
            });
            app.UseStaticFiles(new StaticFileOptions { FileProvider = files, ContentTypeProvider = types, OnPrepareResponse = Revalidate });
        }

        string library = Path.Combine(paths.NodeModules, LibraryFolder);
        if (Directory.Exists(library) && !File.Exists(Path.Combine(paths.WebRoot, "lib", "signalr.min.js")))
        {
            app.UseStaticFiles(
                new StaticFileOptions
                {
                    FileProvider = new PhysicalFileProvider(library),
                    RequestPath = LibraryPath,
                    ContentTypeProvider = types,
                    OnPrepareResponse = Revalidate,
                });
        }

        string documents = Path.Combine(paths.Root, "docs");
        if (Directory.Exists(documents))
        {
            // Browsers show plain text; Markdown they would save.
            var texts = new FileExtensionContentTypeProvider(new Dictionary<string, string> { [".md"] = "text/plain; charset=utf-8" });
            app.UseStaticFiles(
                new StaticFileOptions
                {
                    FileProvider = new PhysicalFileProvider(documents),
                    RequestPath = DocumentsPath,
                    ContentTypeProvider = texts,
                    OnPrepareResponse = Revalidate,
                });
        }
    }

    /// <summary>/view is view.html where there is such a page. Letters and dashes alone: no other path reaches the disk this way.</summary>
    private static string? PageFile(HttpRequest request, PhysicalFileProvider files)
    {
        string path = request.Path.Value ?? string.Empty;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return null;
        }

        if (path == "/")
        {
            return "/index.html";
        }

        string file = path + ".html";
        return path.Length > 1 && path.AsSpan(1).IndexOfAnyExcept(s_pageLetters) < 0 && files.GetFileInfo(file).Exists ? file : null;
    }

    private static readonly System.Buffers.SearchValues<char> s_pageLetters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz-");

    /// <summary>Browsers ask each time and mostly hear 304: an update of the server reaches every page at once.</summary>
    private static void Revalidate(StaticFileResponseContext response) => response.Context.Response.Headers.CacheControl = "no-cache";
}
