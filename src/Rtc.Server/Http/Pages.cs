using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Rtc.Server.Docs;
using Rtc.Server.Startup;

namespace Rtc.Server.Http;

/// <summary>
/// Serves wwwroot, gives its pages addresses without .html, the SignalR client and the runtime of models under /lib and the
/// documents under /docs, as pages and as the Markdown that they are.
/// </summary>
internal static class Pages
{
    /// <summary>ONNX Runtime for browsers, which only the page that detects by itself loads.</summary>
    public const string RuntimePath = "/lib/onnxruntime";

    /// <summary>The npm packages that pages load, as /lib/signalr.min.js; an image has them in wwwroot itself.</summary>
    private static readonly (string Path, string Folder, string File)[] s_libraries =
    [
        ("/lib", "@microsoft/signalr/dist/browser", "signalr.min.js"),
        (RuntimePath, "onnxruntime-web/dist", "ort.wasm.bundle.min.mjs"),
    ];

    /// <summary>/library/ID is the page of one video's analysis: what it shows is for its script to ask.</summary>
    private const string VideoPath = "/library/";
    private const string VideoPage = "/analysis.html";

    public static void Use(WebApplication app, RtcPaths paths)
    {
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".mjs"] = "text/javascript";
        types.Mappings[".webmanifest"] = "application/manifest+json";
        types.Mappings[".onnx"] = "application/octet-stream";
        string documents = Path.Combine(paths.Root, "docs");
        if (Directory.Exists(paths.WebRoot))
        {
            var own = new PhysicalFileProvider(paths.WebRoot);
            var files = new TranslatedPages(
                new CompositeFileProvider(own, new DrawnIcons()), new PageBundle(own, TimeProvider.System));
            app.Use((context, next) => WithLostPageAsync(context, next, files));
            if (Directory.Exists(documents))
            {
                string template = Path.Combine(paths.WebRoot, "docs.html");
                var pages = new DocumentPages(new DocumentShelf(documents), () => File.ReadAllText(template));
                app.Use((context, next) => pages.TryServeAsync(context, next));
            }

            app.Use((context, next) =>
            {
                if (PageFile(context.Request, files) is { } file)
                {
                    context.Request.Path = InLanguage(context, file);
                }

                if (context.Request.Path.Value is { } path && path.EndsWith(".html", StringComparison.Ordinal)
                    && files.GetFileInfo(path) is MadeFile { StyleHash: { } style })
                {
                    SecurityHeaders.AllowStyle(context.Response.Headers, style);
                }

                return next(context);
            });
            Serve(app, files, string.Empty, types);
        }

        foreach ((string path, string folder, string file) in s_libraries)
        {
            string library = Path.Combine(paths.NodeModules, folder);
            if (Directory.Exists(library) && !File.Exists(Path.Join(paths.WebRoot, path, file)))
            {
                Serve(app, new PhysicalFileProvider(library), path, types);
            }
        }

        if (Directory.Exists(documents))
        {
            // Browsers show plain text; Markdown they would save.
            var texts = new FileExtensionContentTypeProvider(new Dictionary<string, string>
            {
                [".md"] = "text/plain; charset=utf-8", [".svg"] = "image/svg+xml", [".png"] = "image/png", [".jpg"] = "image/jpeg",
            });
            Serve(app, new PhysicalFileProvider(documents), DocumentShelf.Root, texts);
        }
    }

    private static void Serve(IApplicationBuilder app, IFileProvider files, string prefix, FileExtensionContentTypeProvider types)
    {
        var compressed = new CompressedFiles(files, prefix, types);
        app.Use((context, next) => compressed.TryServeAsync(context, next));
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            RequestPath = prefix,
            ContentTypeProvider = types,
            OnPrepareResponse = Revalidate,
        });
    }

    /// <summary>/view is view.html where there is such a page. Letters and dashes alone: no other path reaches the disk this way.</summary>
    private static string? PageFile(HttpRequest request, TranslatedPages files)
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

        if (path.StartsWith(VideoPath, StringComparison.Ordinal))
        {
            return Guid.TryParse(path.AsSpan(VideoPath.Length), out _) ? VideoPage : null;
        }

        string file = path + ".html";
        return path.Length > 1 && path.AsSpan(1).IndexOfAnyExcept(s_pageLetters) < 0 && files.GetFileInfo(file).Exists ? file : null;
    }

    /// <summary>Where the page stands in the reader's language.</summary>
    private static string InLanguage(HttpContext context, string page)
    {
        string language = PageLanguage.Of(context.Request);
        context.Response.Headers.ContentLanguage = language;
        context.Response.Headers.Vary = PageLanguage.Vary;
        return TranslatedPages.PathOf(page, language);
    }

    /// <summary>Whoever reads with a browser what isn't there gets a page that leads on; programs get problem details, as ever.</summary>
    private static async Task WithLostPageAsync(HttpContext context, RequestDelegate next, TranslatedPages files)
    {
        await next(context);
        HttpRequest request = context.Request;
        bool isPage = (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            && !s_programs.Any(path => request.Path.StartsWithSegments(path, StringComparison.Ordinal));
        if (context.Response.HasStarted || context.Response.StatusCode != StatusCodes.Status404NotFound || !isPage
            || files.GetFileInfo(InLanguage(context, LostPage)) is not { Exists: true } page)
        {
            return;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = page.Length;
        context.Response.Headers.CacheControl = "no-cache";
        if (HttpMethods.IsGet(request.Method))
        {
            await context.Response.SendFileAsync(page, context.RequestAborted);
        }
    }

    private const string LostPage = "/404.html";

    /// <summary>Below these nobody looks for a page.</summary>
    private static readonly string[] s_programs = ["/api", "/hub", "/whip", "/whep", "/models", "/metrics", "/openapi", "/uploads"];

    private static readonly System.Buffers.SearchValues<char> s_pageLetters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz-");

    /// <summary>Browsers ask each time and mostly hear 304: an update of the server reaches every page at once.</summary>
    private static void Revalidate(StaticFileResponseContext response)
    {
        response.Context.Response.Headers.CacheControl = CompressedFiles.CacheControlOf(response.Context.Request.Path);
        CompressedFiles.AddVary(response.Context.Response);
    }
}
