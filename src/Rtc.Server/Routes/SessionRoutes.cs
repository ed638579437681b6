using Rtc.Jobs;
using Rtc.Server.Accounts;
using Rtc.Server.Http;
using Rtc.Server.Options;
using Rtc.Server.Startup;
using Rtc.Store.Users;

namespace Rtc.Server.Routes;

/// <summary>
/// How a page knows whose videos it shows, and stays signed in: a browser sends a key with a picture or a video element only as a cookie.
/// </summary>
internal static class SessionRoutes
{
    private const string At = "/api/session";

    /// <summary>
    /// Who asks, null where a key is missing; the pages that there are, the kinds of jobs, and what a video and a clip may have.
    /// </summary>
    public sealed record SessionView(
        string? User, IReadOnlyList<string> Pages, IReadOnlyList<string> JobKinds, int MaxVideoMegabytes, int RetainDays,
        int MaxClipMegabytes, int MaxClipSeconds);

    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(At, async (HttpContext http, RtcPaths paths, RtcOptions options, IEnumerable<IJobKind> kinds) =>
        {
            User? user = await Caller.FindAsync(http);
            http.Response.Headers.CacheControl = "no-store";
            return Results.Ok(new SessionView(
                user?.Email, PagesIn(paths.WebRoot), [.. kinds.Select(kind => kind.Name)], options.Store.MaxVideoMegabytes,
                options.Store.RetainDays, options.Studio.MaxMegabytes, options.Studio.MaxSeconds));
        });
        routes.MapPost(At, (HttpContext http) =>
        {
            if (Caller.KeyOf(http.Request) is not { } key)
            {
                return Problems.Of(StatusCodes.Status400BadRequest, "key", "A key of a user belongs into X-API-Key: vr_….");
            }

            http.Response.Cookies.Append(Caller.Cookie, key, Attributes(http));
            return Results.NoContent();
        }).RequireUser();
        routes.MapDelete(At, (HttpContext http) =>
        {
            http.Response.Cookies.Delete(Caller.Cookie, Attributes(http));
            return Results.NoContent();
        });
    }

    /// <summary>No script reads it, no other site's page sends it, and it goes with the browser's session.</summary>
    private static CookieOptions Attributes(HttpContext http) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/" };

    private static string[] PagesIn(string webRoot) => !Directory.Exists(webRoot) ? [] :
    [
        .. Directory.EnumerateFiles(webRoot, "*.html").Select(Path.GetFileNameWithoutExtension).OfType<string>()
            .Where(name => name.All(char.IsAsciiLetterLower)).Order(StringComparer.Ordinal),
    ];
}
