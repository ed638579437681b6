using Rtc.Server.Metrics;
using Rtc.Server.Options;

namespace Rtc.Server.Http;

/// <summary>
/// A browser names the page that asks. CORS does not guard WebSockets nor simple POSTs, so whatever opens the hub
/// or changes something must come from our own pages or from a listed origin. Programs send no Origin and pass.
/// </summary>
internal static class OriginCheck
{
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    public static void Use(IApplicationBuilder app, RtcOptions options, RtcMetrics metrics, NodeOrigins nodes) => app.Use((context, next) =>
    {
        HttpRequest request = context.Request;
        bool guarded = request.Path.StartsWithSegments("/hub", StringComparison.OrdinalIgnoreCase)
            || request.Path.StartsWithSegments("/ws", StringComparison.OrdinalIgnoreCase)
            || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));
        string origin = request.Headers.Origin.ToString();
        if (!guarded
            || origin.Length == 0
            || IsOwn(request, origin)
            || options.Http.CorsOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
            || nodes.Contains(origin))
        {
            return next(context);
        }

        metrics.Refused("origin");
        return Problems.Of(
            StatusCodes.Status403Forbidden, "origin",
            "This page's origin is not allowed to use the server (Http:CorsOrigins).").ExecuteAsync(context);
    });

    /// <summary>
    /// Compared with the Host header, not with our own addresses: a page that rebinds its name to us has a foreign Host too.
    /// </summary>
    private static bool IsOwn(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && request.Host.HasValue
        && uri.Host.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase)
        && uri.Port == (request.Host.Port ?? (uri.Scheme == Uri.UriSchemeHttps ? HttpsPort : HttpPort));
}
