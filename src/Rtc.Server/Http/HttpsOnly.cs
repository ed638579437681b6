using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Rtc.Server.Metrics;
using Rtc.Server.Options;

namespace Rtc.Server.Http;

/// <summary>
/// On a server that faces the internet plain HTTP leads to HTTPS and carries no key and no token. This machine itself, a
/// tunnel's program on it included, and trusted proxies are spoken to as before, and probes, which bring nothing, are
/// answered.
/// </summary>
internal static class HttpsOnly
{
    /// <summary>RFC 6797: a browser that was here once comes by HTTPS for a year.</summary>
    private const string StrictTransport = "max-age=31536000";

    /// <summary>Query parameters that open something: ours, and the one in which SignalR's client sends its bearer token.</summary>
    private static readonly string[] s_secrets = ["token", "access_token"];

    public static void Use(WebApplication app, RtcOptions options, RtcMetrics metrics)
    {
        if (!options.Auth.Public)
        {
            return;
        }

        System.Net.IPNetwork[] trusted =
        [
            .. options.Http.TrustedProxies.Select(
                proxy => IPAddress.TryParse(proxy, out IPAddress? one)
                    ? new System.Net.IPNetwork(one, one.GetAddressBytes().Length * 8)
                    : System.Net.IPNetwork.Parse(proxy))
        ];
        app.Use((context, next) =>
        {
            HttpRequest request = context.Request;
            if (request.IsHttps)
            {
                context.Response.Headers.StrictTransportSecurity = StrictTransport;
                return next(context);
            }

            if (context.Connection.RemoteIpAddress is not { } from || IPAddress.IsLoopback(from) || IsTrusted(from, trusted)
                || HealthProbes.Has(request.Path))
            {
                return next(context);
            }

            bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
            bool bringsKey = request.Headers.Authorization.Count > 0 || request.Headers.ContainsKey("X-Api-Key");
            if (reads && !bringsKey && !context.WebSockets.IsWebSocketRequest && SecureAddress(app, request) is { } secure)
            {
                context.Response.Headers.Location = secure;
                context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                return Task.CompletedTask;
            }

            metrics.Refused("plain_http");
            return Problems.Of(
                StatusCodes.Status403Forbidden, "https_required",
                "This server takes requests, keys and tokens over HTTPS only (Auth:Public).").ExecuteAsync(context);
        });
    }

    /// <summary>
    /// A trusted proxy that speaks for itself, as Prometheus does in the same network; for its clients it would have named them.
    /// </summary>
    private static bool IsTrusted(IPAddress from, System.Net.IPNetwork[] trusted)
    {
        IPAddress address = from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from;
        return Array.Exists(trusted, network => network.Contains(address));
    }

    /// <summary>The same address over HTTPS, without what was told in the clear; null where there is no HTTPS to go to.</summary>
    private static string? SecureAddress(WebApplication app, HttpRequest request)
    {
        // A proxy or tunnel in front serves HTTPS on its own, usual port under the name that the client used.
        bool proxied = request.Headers.ContainsKey(ForwardedHeadersDefaults.XOriginalProtoHeaderName)
            || request.Headers.ContainsKey(ForwardedHeadersDefaults.XOriginalHostHeaderName);
        int? port = proxied ? null : app.Urls.Select(
            url => new Uri(
                url.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal)))
            .FirstOrDefault(url => url.Scheme == Uri.UriSchemeHttps)?.Port;
        if ((!proxied && port is null) || !request.Host.HasValue)
        {
            return null;
        }

        IEnumerable<KeyValuePair<string, StringValues>> kept = QueryHelpers.ParseQuery(request.QueryString.Value)
            .Where(pair => !s_secrets.Contains(pair.Key, StringComparer.OrdinalIgnoreCase));
        HostString host = port is { } own and not 443 ? new HostString(request.Host.Host, own) : new HostString(request.Host.Host);
        return $"https://{host.ToUriComponent()}{request.PathBase.ToUriComponent()}{request.Path.ToUriComponent()}"
            + QueryString.Create(kept).ToUriComponent();
    }
}
