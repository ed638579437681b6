using System.Net;
using Rtc.Server.Addresses;
using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Store.Users;

namespace Rtc.Server.Accounts;

/// <summary>
/// In whose name a request is: the user of its key, or "local" where it comes from this machine or a private address and the server is
/// not public, or brings the API key. A page that was given a key once brings it as a cookie.
/// </summary>
internal static class Caller
{
    public const string Cookie = "rtc-key";

    private const string Header = "X-API-Key";
    private const string KeyStart = "vr_";

    /// <summary>Asks for a user before a route's handler runs, and opens the store for it.</summary>
    public static TBuilder RequireUser<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Guard(async ValueTask<IResult?> (context) =>
        {
            if (await FindAsync(context) is not { } user)
            {
                context.RequestServices.GetRequiredService<RtcMetrics>().Refused("user_key");
                context.Response.Headers.WWWAuthenticate = "Bearer";
                return Problems.Of(StatusCodes.Status401Unauthorized, "user_key", "This needs a key of a user: X-API-Key: vr_….");
            }

            context.Features.Set(user);
            context.RequestServices.GetRequiredService<StoreWork>().Begin();
            return null;
        });

    /// <summary>Whose request this is, after <see cref="RequireUser{TBuilder}"/>.</summary>
    public static UserId UserOf(this HttpContext context) => context.Features.Get<User>()!.Id;

    /// <summary>
    /// In whose name something is made that needs no user: that of a user's key where the request brings one, or of the page's cookie,
    /// else "local". Null where the key is nobody's. Opens the store.
    /// </summary>
    public static async Task<User?> OwnerAsync(this HttpContext context)
    {
        UserTable users = context.RequestServices.GetRequiredService<UserTable>();
        User? owner = KeyOf(context.Request) is { } given
            ? await users.FindByKeyAsync(given, context.RequestAborted)
            : await SignedInAsync(context, users) ?? await users.LocalAsync(context.RequestAborted);
        context.RequestServices.GetRequiredService<StoreWork>().Begin();
        return owner;
    }

    public static bool IsNear(IPAddress? address) => address is not null && LocalAddresses.IsOwnNetwork(address);

    /// <summary>The key of a user that the request brings in a header; null where it brings none, or another's.</summary>
    public static string? KeyOf(HttpRequest request) =>
        GivenTo(request) is { } given && given.StartsWith(KeyStart, StringComparison.Ordinal) ? given : null;

    /// <summary>Null where it brings no key and needs one, or brings a wrong one.</summary>
    public static async Task<User?> FindAsync(HttpContext context)
    {
        UserTable users = context.RequestServices.GetRequiredService<UserTable>();
        Access access = context.RequestServices.GetRequiredService<Access>();
        string? given = GivenTo(context.Request) ?? context.Request.Cookies[Cookie];
        if (given?.StartsWith(KeyStart, StringComparison.Ordinal) == true)
        {
            return await users.FindByKeyAsync(given, context.RequestAborted);
        }

        bool isLocal = given is null
            ? !context.RequestServices.GetRequiredService<RtcOptions>().Auth.Public && IsNear(context.Connection.RemoteIpAddress)
            : access.ApiKeyRequired && access.IsAdministrator(context.Request);
        return isLocal ? await users.LocalAsync(context.RequestAborted) : null;
    }

    /// <summary>Whose page this is; a cookie whose key was revoked is that of nobody.</summary>
    private static async Task<User?> SignedInAsync(HttpContext context, UserTable users) =>
        context.Request.Cookies[Cookie] is { } cookie ? await users.FindByKeyAsync(cookie, context.RequestAborted) : null;

    private static string? GivenTo(HttpRequest request) =>
        request.Headers[Header].ToString() is { Length: > 0 } header ? header : Access.BearerOf(request);
}
