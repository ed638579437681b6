using Rtc.Server.Options;

namespace Rtc.Server.Http;

/// <summary>
/// Headers on every answer: scripts and styles from here alone, no framing but of the page made for it, the camera for our own pages, and
/// isolation from other origins, which threads in WASM need. Models run in pages that say so, and only there.
/// </summary>
internal static class SecurityHeaders
{
    private const string ContentPolicy =
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws: wss:; style-src 'self'; "
        + "script-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>WebAssembly may be compiled, which is not what 'unsafe-eval' allows: no text becomes a script.</summary>
    private static readonly string ModelContentPolicy =
        ContentPolicy.Replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", StringComparison.Ordinal);

    /// <summary>The page that runs models by itself, its workers and the runtime, which starts threads as workers of its own.</summary>
    private static readonly string[] s_runsModels =
        ["/focus", "/focus.html", "/js/vision/", PageBundle.Folder + "vision/", Pages.RuntimePath + "/"];

    /// <summary>The one style that stands in a page itself: as little as before may another be put there.</summary>
    /// <param name="headers">Of the page's answer, with the policy that it has so far.</param>
    /// <param name="hash">Of the style.</param>
    public static void AllowStyle(IHeaderDictionary headers, string hash) =>
        headers.ContentSecurityPolicy = headers.ContentSecurityPolicy.ToString().Replace(
            "style-src 'self'", $"style-src 'self' 'sha256-{hash}'", StringComparison.Ordinal);

    private static bool RunsModels(PathString path)
    {
        string asked = path.Value ?? string.Empty;
        return s_runsModels.Any(one => one.EndsWith('/') ? asked.StartsWith(one, StringComparison.Ordinal) : asked == one);
    }

    /// <summary>The one page that is made to be framed: by this server's own pages, or by those of sites that the owner named.</summary>
    private static readonly string[] s_framed = ["/embed", "/embed.html"];

    /// <summary>Modules that pages of other sites load as they are; they hold nothing of anybody.</summary>
    private const string Elements = "/elements/";

    private static string FramedContentPolicy(HttpOptions options) => ContentPolicy.Replace(
        "frame-ancestors 'none'",
        "frame-ancestors " + (options.FrameAncestors.Length == 0 ? "'self'" : string.Join(' ', options.FrameAncestors)),
        StringComparison.Ordinal);

    public static void Use(IApplicationBuilder app, HttpOptions options)
    {
        string framed = FramedContentPolicy(options);
        app.Use((context, next) => Add(context, next, framed));
    }

    private static Task Add(HttpContext context, RequestDelegate next, string framed)
    {
        IHeaderDictionary headers = context.Response.Headers;
        string path = context.Request.Path.Value ?? string.Empty;
        bool isFramed = s_framed.Contains(path);
        bool isElement = path.StartsWith(Elements, StringComparison.Ordinal);
        headers.ContentSecurityPolicy = isFramed ? framed : RunsModels(context.Request.Path) ? ModelContentPolicy : ContentPolicy;
        if (isElement)
        {
            headers.AccessControlAllowOrigin = "*";
        }

        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(self), microphone=(self), geolocation=(), display-capture=(self)";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Embedder-Policy"] = "require-corp";
        headers["Cross-Origin-Resource-Policy"] = isFramed || isElement ? "cross-origin" : "same-origin";
        return next(context);
    }
}
