using Rtc.Server.Addresses;

namespace Rtc.Server.Routes;

/// <summary>Tells the start page by which address a phone joins.</summary>
internal static class JoinRoutes
{
    public static void MapJoin(this WebApplication app) =>
        app.MapGet("/api/join-info", (HttpRequest request, JoinAddresses addresses) =>
        {
            Uri phone = addresses.ForPhone(request);
            return Results.Json(new
            {
                phone_url = phone.AbsoluteUri,
                urls = addresses.Phone.Select(address => address.AbsoluteUri),
                secure = phone.Scheme == Uri.UriSchemeHttps,
                qr_svg_url = "/api/qr.svg?text=" + Uri.EscapeDataString(new Uri(phone, "/phone?room=demo").AbsoluteUri),
            });
        });
}
