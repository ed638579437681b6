using Rtc.Server.Http;
using Rtc.Server.Metrics;

namespace Rtc.Server.Authorization;

/// <summary>Asks for the API key where one is set.</summary>
public static class AdministratorFilter
{
    public static TBuilder RequireAdministrator<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Guard(context =>
        {
            if (context.RequestServices.GetRequiredService<Access>().IsAdministrator(context.Request))
            {
                return null;
            }

            context.RequestServices.GetRequiredService<RtcMetrics>().Refused("api_key");
            return AskForKey(context);
        });

    internal static IResult AskForKey(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Of(StatusCodes.Status401Unauthorized, "api_key", "This needs the API key: Authorization: Bearer KEY.");
    }
}
